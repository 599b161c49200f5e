#include "autograd/ops/tanh.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("tanh: values and derivatives", "[ops][tanh]") {
  constexpr auto f = [](In x) { return tanh(x[0]); };
  check_op("tanh", one_input(f),
           {
               {"near zero", f},
               {"far from zero", f},
               {"infinities", f},
               {"int64", f},
           });
}

TEST_CASE("tanh: errors", "[ops][tanh]") {
  check_errors({
      {"tanh: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { tanh(zeros({2}, DType::Float16)); }},
  });
}
