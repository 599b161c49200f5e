#include "autograd/ops/floor.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("floor: values and derivatives", "[ops][floor]") {
  constexpr auto f = [](In x) { return floor(x[0]); };
  check_op("floor", one_input(f),
           {
               {"at the jumps", f, kNoQuotient},
               {"infinities", f},
               {"int64", f},
               {"pixels", f},
           });
}

TEST_CASE("floor: errors", "[ops][floor]") {
  check_errors({
      {"floor: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { floor(zeros({2}, DType::Bool)); }},
  });
}
