#include "autograd/ops/leaky_relu.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("leaky_relu: values and derivatives", "[ops][leaky_relu]") {
  constexpr auto f = [](In x) { return leaky_relu(x[0]); };
  check_op("leaky_relu", one_input(f),
           {
               {"slope", [](In x) { return leaky_relu(x[0], 0.2); }},
               {"zero", f, kNoQuotient},
           });
}

TEST_CASE("leaky_relu: errors", "[ops][leaky_relu]") {
  check_errors({
      {"leaky_relu: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { leaky_relu(zeros({2}, DType::Float16)); }},
  });
}
