#include "autograd/ops/take_along_dim.h"

#include "autograd/ops/sort.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("take_along_dim: values and derivatives", "[ops][take_along_dim]") {
  check_op("take_along_dim", {
                                 {"equal shapes", [](In x) { return take_along_dim(x[0], x[1], 1); }},
                                 {"index broadcast", [](In x) { return take_along_dim(x[0], x[1], 1); }},
                                 {"input broadcast", [](In x) { return take_along_dim(x[0], x[1], 0); }},
                                 {"negative dim", [](In x) { return take_along_dim(x[0], x[1], -1); }},
                                 {"flattened", [](In x) { return take_along_dim(x[0], x[1]); }},
                                 {"argsort", [](In x) { return take_along_dim(x[0], argsort(x[0], 1), 1); }},
                                 {"nothing", [](In x) { return take_along_dim(x[0], x[1], 1); }},
                             });
}

TEST_CASE("take_along_dim: errors", "[ops][take_along_dim]") {
  check_errors({
      {"take_along_dim: index must be int64, got float32",
       [] {
         take_along_dim(zeros({2, 3}), zeros({2, 3}), 1);
       }},
      {"take_along_dim: index of shape [2] must have as many dimensions as the input [2,3]",
       [] {
         take_along_dim(zeros({2, 3}), tensor<int64_t>({0, 1}), 1);
       }},
      {"take_along_dim: shapes [2,1] and [3,1] do not broadcast (2 against 3)",
       [] {
         take_along_dim(zeros({2, 3}), zeros({3, 1}, DType::Int64), 1);
       }},
      {"gather: index 2 at position 0 is out of range for a dimension of size 2",
       [] { take_along_dim(zeros({2}), tensor<int64_t>({2}), 0); }},
  });
}
