#include "autograd/ops/gelu.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("gelu: values and derivatives", "[ops][gelu]") {
  constexpr auto f = [](In x) { return gelu(x[0]); };
  constexpr auto tanh_form = [](In x) { return gelu(x[0], "tanh"); };
  check_op("gelu", one_input(f),
           {
               {"far from zero", f},
               {"zero", f},
               {"tanh form vector", tanh_form},
               {"tanh form matrix", tanh_form},
               {"tanh form far from zero", tanh_form},
           });
}

TEST_CASE("gelu: errors", "[ops][gelu]") {
  check_errors({
      {"gelu: approximate must be 'none' or 'tanh', got 'erf'", [] { gelu(zeros({2}), "erf"); }},
      {"gelu: bfloat16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { gelu(zeros({2}, DType::BFloat16)); }},
  });
}
