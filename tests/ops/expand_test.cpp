#include "autograd/ops/expand.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("expand: values and derivatives", "[ops][expand]") {
  check_op("expand", {
                         {"row",
                          [](In x) {
                            return expand(x[0], {3, 4});
                          }},
                         {"column",
                          [](In x) {
                            return expand(x[0], {3, 4});
                          }},
                         {"keep sizes",
                          [](In x) {
                            return expand(x[0], {2, -1, 4});
                          }},
                         {"scalar",
                          [](In x) {
                            return expand(x[0], {2, 3});
                          }},
                         {"no change",
                          [](In x) {
                            return expand(x[0], {2, 3});
                          }},
                         {"to none",
                          [](In x) {
                            return expand(x[0], {0, 3});
                          }},
                         {"both ends",
                          [](In x) {
                            return expand(x[0], {2, 3, 4});
                          }},
                         {"broadcast_to",
                          [](In x) {
                            return broadcast_to(x[0], {2, 3});
                          }},
                         {"expand_as", [](In x) { return expand_as(x[0], x[1]); }},
                     });
}

TEST_CASE("expand: errors", "[ops][expand]") {
  check_errors({
      {"expand: a tensor of shape [2,3] does not expand to [4,3]",
       [] {
         expand(zeros({2, 3}), {4, 3});
       }},
      {"expand: shape [3] has fewer dimensions than the tensor's [2,3]",
       [] {
         expand(zeros({2, 3}), {3});
       }},
      {"expand: -1 keeps a size, but dimension 0 of [-1,2,3] is new",
       [] {
         expand(zeros({2, 3}), {-1, 2, 3});
       }},
      {"expand: a tensor of shape [1] does not expand to [-2]", [] { expand(zeros({1}), {-2}); }},
      {"expand: a tensor of shape [1099511627776,1099511627776] is too large to address",
       [] {
         expand(zeros({1, 1}), {int64_t{1} << 40, int64_t{1} << 40});
       }},
  });
}
