#include "autograd/ops/atan.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("atan: values and derivatives", "[ops][atan]") {
  constexpr auto f = [](In x) { return atan(x[0]); };
  check_op("atan", one_input(f),
           {
               {"far from zero", f},
               {"infinities", f},
               {"int64", f},
           });
}

TEST_CASE("atan: errors", "[ops][atan]") {
  check_errors({
      {"atan: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { atan(zeros({2}, DType::Float16)); }},
  });
}
