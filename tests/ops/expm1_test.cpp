#include "autograd/ops/expm1.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("expm1: values and derivatives", "[ops][expm1]") {
  constexpr auto f = [](In x) { return expm1(x[0]); };
  check_op("expm1", one_input(f),
           {
               {"near zero", f},
               {"far from zero", f, kNoQuotient},
               {"infinities", f},
               {"int64", f},
           });
}

TEST_CASE("expm1: errors", "[ops][expm1]") {
  check_errors({
      {"expm1: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { expm1(zeros({2}, DType::Float16)); }},
  });
}
