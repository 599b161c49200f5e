#include "autograd/ops/max.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("max: values and derivatives", "[ops][max]") {
  check_op("max", {
                      {"values of dim 0", [](In x) { return max(x[0], 0).values; }},
                      {"values of dim 1", [](In x) { return max(x[0], 1).values; }},
                      {"values of dim -2", [](In x) { return max(x[0], -2).values; }},
                      {"values keepdim", [](In x) { return max(x[0], 1, true).values; }},
                      {"values of vector", [](In x) { return max(x[0], 0).values; }},
                      {"values of no rows", [](In x) { return max(x[0], 1).values; }},
                      {"values of ties", [](In x) { return max(x[0], 1).values; }, kNoQuotient},
                      {"indices of dim 0", [](In x) { return max(x[0], 0).indices; }},
                      {"indices of dim 1", [](In x) { return max(x[0], 1).indices; }},
                      {"indices keepdim", [](In x) { return max(x[0], 1, true).indices; }},
                      {"indices of ties", [](In x) { return max(x[0], 1).indices; }},
                      {"values of NaN", [](In x) { return max(x[0], 0).values; }},
                      {"indices of NaN", [](In x) { return max(x[0], 0).indices; }},
                      {"int64 values", [](In x) { return max(x[0], 0).values; }},
                  });
}

TEST_CASE("amax: values and derivatives", "[ops][max]") {
  check_op("amax", over_dims<amax>(),
           {
               {"ties", [](In x) { return max(x[0]); }, kNoQuotient},
               {"ties in rows", [](In x) { return amax(x[0], {1}); }, kNoQuotient},
               {"scalar", [](In x) { return max(x[0]); }},
               {"int64", [](In x) { return amax(x[0], {0}); }},
               {"NaN", [](In x) { return amax(x[0], {0}); }},
           });
}

TEST_CASE("max: errors", "[ops][max]") {
  check_errors({
      {"max: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         max(zeros({2, 3}), 2);
       }},
      {"max: no elements to choose from (input [3,0])",
       [] {
         max(zeros({3, 0}), 1);
       }},
      {"amax: no elements to choose from (input [0])", [] { max(zeros({0})); }},
      {"amax: dimension 1 is named twice in [1,1]",
       [] {
         amax(zeros({2, 3}), {1, 1});
       }},
      {"max: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { max(zeros({3}, DType::Bool), 0); }},
  });
}
