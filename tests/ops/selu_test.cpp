#include "autograd/ops/selu.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("selu: values and derivatives", "[ops][selu]") {
  constexpr auto f = [](In x) { return selu(x[0]); };
  check_op("selu", one_input(f),
           {
               {"zero", f, kNoQuotient},
               {"far from zero", f},
               {"infinities", f},
           });
}

TEST_CASE("selu: errors", "[ops][selu]") {
  check_errors({
      {"selu: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { selu(zeros({2}, DType::Float16)); }},
  });
}
