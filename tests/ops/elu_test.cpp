#include "autograd/ops/elu.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("elu: values and derivatives", "[ops][elu]") {
  constexpr auto f = [](In x) { return elu(x[0]); };
  check_op("elu", one_input(f),
           {
               {"alpha", [](In x) { return elu(x[0], 0.5); }},
               {"negative alpha", [](In x) { return elu(x[0], -1.5); }},
               {"zero", f, kNoQuotient},
               {"zero with alpha", [](In x) { return elu(x[0], 2); }, kNoQuotient},
               {"near zero", f, kNoQuotient},
               {"far from zero", f},
               {"infinities", f},
           });
}

TEST_CASE("elu: errors", "[ops][elu]") {
  check_errors({
      {"elu: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { elu(zeros({2}, DType::Float16)); }},
  });
}
