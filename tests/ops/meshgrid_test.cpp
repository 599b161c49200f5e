#include "autograd/ops/meshgrid.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("meshgrid: values and derivatives", "[ops][meshgrid]") {
  check_op("meshgrid", {
                           {"first",
                            [](In x) {
                              return meshgrid({x[0], x[1]})[0];
                            }},
                           {"second",
                            [](In x) {
                              return meshgrid({x[0], x[1]})[1];
                            }},
                           {"xy first",
                            [](In x) {
                              return meshgrid({x[0], x[1]}, "xy")[0];
                            }},
                           {"xy second",
                            [](In x) {
                              return meshgrid({x[0], x[1]}, "xy")[1];
                            }},
                           {"third",
                            [](In x) {
                              return meshgrid({x[0], x[1], x[2]})[2];
                            }},
                           {"xy of three",
                            [](In x) {
                              return meshgrid({x[0], x[1], x[2]}, "xy")[1];
                            }},
                           {"one", [](In x) { return meshgrid({x[0]}, "xy")[0]; }},
                           {"with a scalar",
                            [](In x) {
                              return meshgrid({x[0], x[1]})[0];
                            }},
                           {"no elements",
                            [](In x) {
                              return meshgrid({x[0], x[1]})[1];
                            }},
                           {"int64",
                            [](In x) {
                              return meshgrid({x[0], x[1]})[0];
                            }},
                       });
}

TEST_CASE("meshgrid: errors", "[ops][meshgrid]") {
  check_errors({
      {"meshgrid: expected at least one tensor", [] { meshgrid({}); }},
      {"meshgrid: indexing must be \"ij\" or \"xy\", got \"yx\"",
       [] {
         meshgrid({zeros({2}), zeros({3})}, "yx");
       }},
      {"meshgrid: tensor 1 must have one dimension, got [3,1]",
       [] {
         meshgrid({zeros({2}), zeros({3, 1})});
       }},
      {"meshgrid: tensor 1 is int64 but the first is float32",
       [] {
         meshgrid({zeros({2}), arange(3)});
       }},
  });
}
