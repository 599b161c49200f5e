#include "autograd/ops/erf.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("erf: values and derivatives", "[ops][erf]") {
  constexpr auto f = [](In x) { return erf(x[0]); };
  check_op("erf", one_input(f),
           {
               {"near zero", f},
               {"far from zero", f},
               {"infinities", f},
               {"int64", f},
           });
}

TEST_CASE("erf: errors", "[ops][erf]") {
  check_errors({
      {"erf: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { erf(zeros({2}, DType::Float16)); }},
  });
}
