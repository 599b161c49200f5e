#include "autograd/ops/neg.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("neg: values and derivatives", "[ops][neg]") {
  constexpr auto f = [](In x) { return neg(x[0]); };
  check_op("neg", one_input(f),
           {
               {"int64", f},
               {"pixels", f},
           });
}

TEST_CASE("neg: errors", "[ops][neg]") {
  check_errors({
      {"neg: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { neg(zeros({2}, DType::Float16)); }},
  });
}
