#include "autograd/ops/softmax.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("softmax: values and derivatives", "[ops][softmax]") { check_op("softmax", along<softmax>()); }

TEST_CASE("softmax: errors", "[ops][softmax]") {
  check_errors({
      {"softmax: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         softmax(zeros({2, 3}), 2);
       }},
      {"softmax: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         softmax(zeros({2, 3}, DType::Int64), 1);
       }},
  });
}
