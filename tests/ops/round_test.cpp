#include "autograd/ops/round.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("round: values and derivatives", "[ops][round]") {
  constexpr auto f = [](In x) { return round(x[0]); };
  check_op("round", one_input(f),
           {
               {"at the jumps", f, kNoQuotient},
               {"infinities", f},
               {"int64", f},
               {"pixels", f},
           });
}

TEST_CASE("round: errors", "[ops][round]") {
  check_errors({
      {"round: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { round(zeros({2}, DType::Bool)); }},
  });
}
