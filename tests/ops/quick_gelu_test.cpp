#include "autograd/ops/quick_gelu.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("quick_gelu: values and derivatives", "[ops][quick_gelu]") {
  constexpr auto f = [](In x) { return quick_gelu(x[0]); };
  check_op("quick_gelu", one_input(f),
           {
               {"far from zero", f},
               {"zero", f},
               {"infinities", f},
           });
}

TEST_CASE("quick_gelu: errors", "[ops][quick_gelu]") {
  check_errors({
      {"quick_gelu: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { quick_gelu(zeros({2}, DType::Float16)); }},
  });
}
