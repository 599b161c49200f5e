#include "autograd/ops/min.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/shared_cases.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("min: values and derivatives", "[ops][min]") {
  check_op("min", {
                      {"values of dim 0", [](In x) { return min(x[0], 0).values; }},
                      {"values of dim 1", [](In x) { return min(x[0], 1).values; }},
                      {"values of dim -2", [](In x) { return min(x[0], -2).values; }},
                      {"values keepdim", [](In x) { return min(x[0], 1, true).values; }},
                      {"values of vector", [](In x) { return min(x[0], 0).values; }},
                      {"values of no rows", [](In x) { return min(x[0], 1).values; }},
                      {"values of ties", [](In x) { return min(x[0], 1).values; }, kNoQuotient},
                      {"indices of dim 0", [](In x) { return min(x[0], 0).indices; }},
                      {"indices of dim 1", [](In x) { return min(x[0], 1).indices; }},
                      {"indices keepdim", [](In x) { return min(x[0], 1, true).indices; }},
                      {"indices of ties", [](In x) { return min(x[0], 1).indices; }},
                      {"values of NaN", [](In x) { return min(x[0], 0).values; }},
                      {"indices of NaN", [](In x) { return min(x[0], 0).indices; }},
                      {"int64 values", [](In x) { return min(x[0], 0).values; }},
                  });
}

TEST_CASE("amin: values and derivatives", "[ops][min]") {
  check_op("amin", over_dims<amin>(),
           {
               {"ties", [](In x) { return min(x[0]); }, kNoQuotient},
               {"ties in rows", [](In x) { return amin(x[0], {1}); }, kNoQuotient},
               {"scalar", [](In x) { return min(x[0]); }},
               {"int64", [](In x) { return amin(x[0], {0}); }},
               {"NaN", [](In x) { return amin(x[0], {0}); }},
           });
}

TEST_CASE("min: errors", "[ops][min]") {
  check_errors({
      {"min: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         min(zeros({2, 3}), 2);
       }},
      {"min: no elements to choose from (input [3,0])",
       [] {
         min(zeros({3, 0}), 1);
       }},
      {"amin: no elements to choose from (input [0])", [] { min(zeros({0})); }},
      {"amin: dimension 1 is named twice in [1,1]",
       [] {
         amin(zeros({2, 3}), {1, 1});
       }},
      {"min: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { min(zeros({3}, DType::Bool), 0); }},
  });
}
