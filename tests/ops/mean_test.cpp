#include "autograd/ops/mean.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("mean: values and derivatives", "[ops][mean]") {
  check_op("mean", over_dims<mean>(),
           {
               {"over no elements", [](In x) { return mean(x[0], {0}); }},
               {"all of no elements", [](In x) { return mean(x[0]); }},
               {"scalar", [](In x) { return mean(x[0]); }},
           });
}

TEST_CASE("mean: errors", "[ops][mean]") {
  check_errors({
      {"mean: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         mean(zeros({2, 3}), {2});
       }},
      {"mean: dimension -3 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         mean(zeros({2, 3}), {0, -3});
       }},
      {"mean: dimension -1 is named twice in [1,-1]",
       [] {
         mean(zeros({2, 3}), {1, -1});
       }},
      {"mean: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { mean(zeros({2}, DType::Int64)); }},
  });
}
