#include "autograd/ops/ceil.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("ceil: values and derivatives", "[ops][ceil]") {
  constexpr auto f = [](In x) { return ceil(x[0]); };
  check_op("ceil", one_input(f),
           {
               {"at the jumps", f, kNoQuotient},
               {"infinities", f},
               {"int64", f},
               {"pixels", f},
           });
}

TEST_CASE("ceil: errors", "[ops][ceil]") {
  check_errors({
      {"ceil: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { ceil(zeros({2}, DType::Bool)); }},
  });
}
