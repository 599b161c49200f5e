#include "autograd/ops/sin.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("sin: values and derivatives", "[ops][sin]") {
  constexpr auto f = [](In x) { return sin(x[0]); };
  check_op("sin", one_input(f),
           {
               {"far from zero", f},
               {"infinities", f},
               {"int64", f},
           });
}

TEST_CASE("sin: errors", "[ops][sin]") {
  check_errors({
      {"sin: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { sin(zeros({2}, DType::Float16)); }},
  });
}
