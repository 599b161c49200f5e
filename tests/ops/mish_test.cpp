#include "autograd/ops/mish.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("mish: values and derivatives", "[ops][mish]") {
  constexpr auto f = [](In x) { return mish(x[0]); };
  check_op("mish", one_input(f),
           {
               {"far from zero", f},
               {"zero", f},
               {"infinities", f},
           });
}

TEST_CASE("mish: errors", "[ops][mish]") {
  check_errors({
      {"mish: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { mish(zeros({2}, DType::Float16)); }},
  });
}
