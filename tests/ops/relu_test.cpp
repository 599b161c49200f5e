#include "autograd/ops/relu.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("relu: values and derivatives", "[ops][relu]") {
  constexpr auto f = [](In x) { return relu(x[0]); };
  check_op("relu", one_input(f),
           {
               {"zero", f, kNoQuotient},
               {"NaN", f},
               {"int64", f},
               {"pixels", f},
           });
}

TEST_CASE("relu: errors", "[ops][relu]") {
  check_errors({
      {"relu: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { relu(zeros({2}, DType::Float16)); }},
  });
}
