#include "autograd/ops/permute.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("permute: values and derivatives", "[ops][permute]") {
  check_op("permute", {
                          {"rotate",
                           [](In x) {
                             return permute(x[0], {2, 0, 1});
                           }},
                          {"rotate back",
                           [](In x) {
                             return permute(x[0], {1, 2, 0});
                           }},
                          {"channels last",
                           [](In x) {
                             return permute(x[0], {0, 2, 3, 1});
                           }},
                          {"negative",
                           [](In x) {
                             return permute(x[0], {-1, 0, -2});
                           }},
                          {"identity",
                           [](In x) {
                             return permute(x[0], {0, 1});
                           }},
                          {"scalar", [](In x) { return permute(x[0], {}); }},
                          {"no elements",
                           [](In x) {
                             return permute(x[0], {1, 2, 0});
                           }},
                          {"int64",
                           [](In x) {
                             return permute(x[0], {1, 0});
                           }},
                      });
}

TEST_CASE("permute: errors", "[ops][permute]") {
  check_errors({
      {"permute: [0,1] names 2 dimensions of a tensor of 3",
       [] {
         permute(zeros({2, 3, 4}), {0, 1});
       }},
      {"permute: dimension 1 is named twice in [0,1,1]",
       [] {
         permute(zeros({2, 3, 4}), {0, 1, 1});
       }},
      {"permute: dimension 3 is out of range for a tensor of 3 dimensions (expected -3 to 2)",
       [] {
         permute(zeros({2, 3, 4}), {0, 1, 3});
       }},
  });
}
