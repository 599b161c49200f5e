#include "autograd/ops/rsqrt.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("rsqrt: values and derivatives", "[ops][rsqrt]") {
  constexpr auto f = [](In x) { return rsqrt(x[0]); };
  check_op("rsqrt", one_input(f), {{"outside the domain", f}, {"int64", f}});
}

TEST_CASE("rsqrt: errors", "[ops][rsqrt]") {
  check_errors({
      {"rsqrt: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { rsqrt(zeros({2}, DType::Float16)); }},
  });
}
