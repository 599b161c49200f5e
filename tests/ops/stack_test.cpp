#include "autograd/ops/stack.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("stack: values and derivatives", "[ops][stack]") {
  check_op("stack", {
                        {"first",
                         [](In x) {
                           return stack({x[0], x[1]});
                         }},
                        {"middle",
                         [](In x) {
                           return stack({x[0], x[1], x[2]}, 1);
                         }},
                        {"last",
                         [](In x) {
                           return stack({x[0], x[1]}, -1);
                         }},
                        {"scalars",
                         [](In x) {
                           return stack({x[0], x[1], x[2]});
                         }},
                        {"one tensor", [](In x) { return stack({x[0]}, 1); }},
                        {"no elements",
                         [](In x) {
                           return stack({x[0], x[1]});
                         }},
                        {"bool",
                         [](In x) {
                           return stack({x[0], x[1]});
                         }},
                    });
}

TEST_CASE("stack: errors", "[ops][stack]") {
  check_errors({
      {"stack: expected at least one tensor", [] { stack({}); }},
      {"stack: all shapes and types must be equal, but tensor 1 is float32 [3] and the first float32 [2]",
       [] {
         stack({zeros({2}), zeros({3})});
       }},
      {"stack: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         stack({zeros({2}), zeros({2})}, 2);
       }},
      {"stack: all shapes and types must be equal, but tensor 1 is int64 [2] and the first float32 [2]",
       [] {
         stack({zeros({2}), zeros({2}, DType::Int64)});
       }},
  });
}
