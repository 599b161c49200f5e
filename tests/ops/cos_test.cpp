#include "autograd/ops/cos.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("cos: values and derivatives", "[ops][cos]") {
  constexpr auto f = [](In x) { return cos(x[0]); };
  check_op("cos", one_input(f),
           {
               {"far from zero", f},
               {"infinities", f},
               {"int64", f},
           });
}

TEST_CASE("cos: errors", "[ops][cos]") {
  check_errors({
      {"cos: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { cos(zeros({2}, DType::Float16)); }},
  });
}
