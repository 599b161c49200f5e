#include "autograd/ops/exp.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("exp: values and derivatives", "[ops][exp]") {
  constexpr auto f = [](In x) { return exp(x[0]); };
  check_op("exp", one_input(f),
           {
               {"far from zero", f, kNoQuotient},
               {"infinities", f},
               {"int64", f},
           });
}

TEST_CASE("exp: errors", "[ops][exp]") {
  check_errors({
      {"exp: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { exp(zeros({2}, DType::Float16)); }},
  });
}
