#include "autograd/ops/log.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("log: values and derivatives", "[ops][log]") {
  constexpr auto f = [](In x) { return log(x[0]); };
  check_op("log", one_input(f),
           {
               {"far from one", f, kNoQuotient},  // a step of 1e-6 leaves the domain
               {"outside the domain", f},
               {"int64", f},
           });
}

TEST_CASE("log: errors", "[ops][log]") {
  check_errors({
      {"log: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { log(zeros({2}, DType::Float16)); }},
  });
}
