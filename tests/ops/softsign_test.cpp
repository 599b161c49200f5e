#include "autograd/ops/softsign.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("softsign: values and derivatives", "[ops][softsign]") {
  constexpr auto f = [](In x) { return softsign(x[0]); };
  check_op("softsign", one_input(f),
           {
               {"far from zero", f},
               {"zero", f},
               {"infinities", f},
           });
}

TEST_CASE("softsign: errors", "[ops][softsign]") {
  check_errors({
      {"softsign: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { softsign(zeros({2}, DType::Float16)); }},
  });
}
