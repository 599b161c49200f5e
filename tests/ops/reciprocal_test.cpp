#include "autograd/ops/reciprocal.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("reciprocal: values and derivatives", "[ops][reciprocal]") {
  constexpr auto f = [](In x) { return reciprocal(x[0]); };
  check_op("reciprocal", one_input(f), {{"zero", f}, {"int64", f}});
}

TEST_CASE("reciprocal: errors", "[ops][reciprocal]") {
  check_errors({
      {"reciprocal: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { reciprocal(zeros({2}, DType::Float16)); }},
  });
}
