#include "autograd/ops/log1p.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("log1p: values and derivatives", "[ops][log1p]") {
  constexpr auto f = [](In x) { return log1p(x[0]); };
  check_op("log1p", one_input(f),
           {
               {"near zero", f},
               {"outside the domain", f},
               {"int64", f},
           });
}

TEST_CASE("log1p: errors", "[ops][log1p]") {
  check_errors({
      {"log1p: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { log1p(zeros({2}, DType::Float16)); }},
  });
}
