#include "autograd/ops/hardsigmoid.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("hardsigmoid: values and derivatives", "[ops][hardsigmoid]") {
  constexpr auto f = [](In x) { return hardsigmoid(x[0]); };
  check_op("hardsigmoid", one_input(f),
           {
               {"pieces", f},
               {"kinks", f, kNoQuotient},
               {"infinities", f},
           });
}

TEST_CASE("hardsigmoid: errors", "[ops][hardsigmoid]") {
  check_errors({
      {"hardsigmoid: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { hardsigmoid(zeros({2}, DType::Float16)); }},
  });
}
