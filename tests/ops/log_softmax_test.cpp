#include "autograd/ops/log_softmax.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("log_softmax: values and derivatives", "[ops][log_softmax]") {
  check_op("log_softmax", along<log_softmax>());
}

TEST_CASE("log_softmax: errors", "[ops][log_softmax]") {
  check_errors({
      {"log_softmax: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         log_softmax(zeros({2, 3}), 2);
       }},
      {"log_softmax: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         log_softmax(zeros({2, 3}, DType::Int64), 1);
       }},
  });
}
