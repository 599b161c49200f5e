#include "autograd/ops/relu6.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("relu6: values and derivatives", "[ops][relu6]") {
  constexpr auto f = [](In x) { return relu6(x[0]); };
  check_op("relu6", one_input(f),
           {
               {"pieces", f},
               {"kinks", f, kNoQuotient},
               {"infinities", f},
               {"int64", f},
               {"pixels", f},
           });
}

TEST_CASE("relu6: errors", "[ops][relu6]") {
  check_errors({
      {"relu6: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { relu6(zeros({2}, DType::Float16)); }},
  });
}
