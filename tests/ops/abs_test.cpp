#include "autograd/ops/abs.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("abs: values and derivatives", "[ops][abs]") {
  constexpr auto f = [](In x) { return abs(x[0]); };
  check_op("abs", one_input(f),
           {
               {"zero", f, kNoQuotient},
               {"int64", f},
               {"pixels", f},
           });
}

TEST_CASE("abs: errors", "[ops][abs]") {
  check_errors({
      {"abs: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { abs(zeros({2}, DType::Float16)); }},
  });
}
