#include "autograd/ops/sign.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("sign: values and derivatives", "[ops][sign]") {
  constexpr auto f = [](In x) { return sign(x[0]); };
  check_op("sign", one_input(f),
           {
               {"at the jumps", f, kNoQuotient},
               {"infinities", f},
               {"int64", f},
               {"pixels", f},
           });
}

TEST_CASE("sign: errors", "[ops][sign]") {
  check_errors({
      {"sign: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { sign(zeros({2}, DType::Bool)); }},
  });
}
