#include "autograd/ops/hardswish.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("hardswish: values and derivatives", "[ops][hardswish]") {
  constexpr auto f = [](In x) { return hardswish(x[0]); };
  check_op("hardswish", one_input(f),
           {
               {"pieces", f},
               {"kinks", f, kNoQuotient},
               {"infinities", f},
           });
}

TEST_CASE("hardswish: errors", "[ops][hardswish]") {
  check_errors({
      {"hardswish: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { hardswish(zeros({2}, DType::Float16)); }},
  });
}
