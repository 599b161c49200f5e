#include "autograd/ops/sigmoid.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("sigmoid: values and derivatives", "[ops][sigmoid]") {
  constexpr auto f = [](In x) { return sigmoid(x[0]); };
  check_op("sigmoid", one_input(f),
           {
               {"far from zero", f},
               {"infinities", f},
               {"int64", f},
           });
}

TEST_CASE("sigmoid: errors", "[ops][sigmoid]") {
  check_errors({
      {"sigmoid: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { sigmoid(zeros({2}, DType::Float16)); }},
  });
}
