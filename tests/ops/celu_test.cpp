#include "autograd/ops/celu.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("celu: values and derivatives", "[ops][celu]") {
  constexpr auto f = [](In x) { return celu(x[0]); };
  check_op("celu", one_input(f),
           {
               {"alpha", [](In x) { return celu(x[0], 0.5); }},
               {"negative alpha", [](In x) { return celu(x[0], -1.5); }},
               {"zero", [](In x) { return celu(x[0], 2); }},
               {"far from zero", f},
               {"infinities", f},
           });
}

TEST_CASE("celu: errors", "[ops][celu]") {
  check_errors({
      {"celu: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { celu(zeros({2}, DType::Float16)); }},
      {"celu: alpha must not be 0", [] { celu(zeros({2}), 0); }},
  });
}
