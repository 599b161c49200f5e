#include "autograd/ops/sqrt.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("sqrt: values and derivatives", "[ops][sqrt]") {
  constexpr auto f = [](In x) { return sqrt(x[0]); };
  check_op("sqrt", one_input(f),
           {
               {"outside the domain", f},
               {"int64", f},
           });
}

TEST_CASE("sqrt: errors", "[ops][sqrt]") {
  check_errors({
      {"sqrt: float16 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { sqrt(zeros({2}, DType::Float16)); }},
  });
}
