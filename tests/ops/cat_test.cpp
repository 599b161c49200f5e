#include "autograd/ops/cat.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("cat: values and derivatives", "[ops][cat]") {
  check_op("cat", {
                      {"rows",
                       [](In x) {
                         return cat({x[0], x[1]});
                       }},
                      {"columns",
                       [](In x) {
                         return cat({x[0], x[1], x[2]}, 1);
                       }},
                      {"vectors",
                       [](In x) {
                         return cat({x[0], x[1]});
                       }},
                      {"negative dim",
                       [](In x) {
                         return cat({x[0], x[1]}, -1);
                       }},
                      {"channels",
                       [](In x) {
                         return cat({x[0], x[1]}, 1);
                       }},
                      {"one tensor", [](In x) { return cat({x[0]}); }},
                      {"with an empty one",
                       [](In x) {
                         return cat({x[0], x[1], x[2]});
                       }},
                      {"same twice",
                       [](In x) {
                         return cat({x[0], x[0]});
                       }},
                      {"real and constant",
                       [](In x) {
                         return cat({x[0], x[1]});
                       }},
                      {"int64",
                       [](In x) {
                         return cat({x[0], x[1]});
                       }},
                  });
}

TEST_CASE("cat: errors", "[ops][cat]") {
  check_errors({
      {"cat: expected at least one tensor", [] { cat({}); }},
      {"cat: scalars cannot be joined; use stack",
       [] {
         cat({scalar(1), scalar(2)});
       }},
      {"cat: tensor 1 is int64 but the first is float32",
       [] {
         cat({zeros({2}), zeros({2}, DType::Int64)});
       }},
      {"cat: tensor 2 of shape [2,4] does not fit beside the first, [2,3], along dimension 0",
       [] {
         cat({zeros({2, 3}), zeros({1, 3}), zeros({2, 4})});
       }},
      {"cat: tensor 1 of shape [3] does not fit beside the first, [2,3], along dimension 1",
       [] {
         cat({zeros({2, 3}), zeros({3})}, 1);
       }},
      {"cat: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         cat({zeros({2, 3})}, 2);
       }},
  });
}
