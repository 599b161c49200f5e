#include "autograd/ops/softplus.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("softplus: values and derivatives", "[ops][softplus]") {
  constexpr auto f = [](In x) { return softplus(x[0]); };
  check_op("softplus", one_input(f),
           {
               {"beta", [](In x) { return softplus(x[0], 2.5); }},
               {"threshold", [](In x) { return softplus(x[0], 2, 1); }},
               {"at the threshold", [](In x) { return softplus(x[0], 1, 1.5); }, kNoQuotient},
               {"negative beta", [](In x) { return softplus(x[0], -1); }},
               {"far from zero", f},
               {"infinities", f},
           });
}

TEST_CASE("softplus: errors", "[ops][softplus]") {
  check_errors({
      {"softplus: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { softplus(zeros({2}, DType::Float16)); }},
  });
}
