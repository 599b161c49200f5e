#include "autograd/ops/gather.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("gather: values and derivatives", "[ops][gather]") {
  check_op("gather", {
                         {"dim 0", [](In x) { return gather(x[0], 0, x[1]); }},
                         {"dim 1", [](In x) { return gather(x[0], 1, x[1]); }},
                         {"one a row", [](In x) { return gather(x[0], 1, x[1]); }},
                         {"longer than the input", [](In x) { return gather(x[0], 1, x[1]); }},
                         {"narrower elsewhere", [](In x) { return gather(x[0], 1, x[1]); }},
                         {"middle of three", [](In x) { return gather(x[0], 1, x[1]); }},
                         {"negative dim", [](In x) { return gather(x[0], -1, x[1]); }},
                         {"vector", [](In x) { return gather(x[0], 0, x[1]); }},
                         {"nothing", [](In x) { return gather(x[0], 1, x[1]); }},
                         {"int64", [](In x) { return gather(x[0], 1, x[1]); }},
                     });
}

TEST_CASE("gather: threads change no bit", "[ops][gather]") {
  const auto rows = [](In x) {
    Generator generator(7);
    return gather(x[0], 1, randint(0, 5, {300, 40, 4}, DType::Int64, generator));
  };
  const auto columns = [](In x) {
    Generator generator(7);
    return gather(x[0], 0, randint(0, 5, {400, 100}, DType::Int64, generator));
  };
  check_threads({{"many rows", {{300, 5, 4}}, rows}, {"one row of columns", {{5, 100}}, columns}});
}

TEST_CASE("gather: errors", "[ops][gather]") {
  check_errors({
      {"gather: index must be int64, got float32",
       [] {
         gather(zeros({2, 3}), 0, zeros({2, 3}));
       }},
      {"gather: index of shape [2] must have as many dimensions as the input [2,3]",
       [] {
         gather(zeros({2, 3}), 0, zeros({2}, DType::Int64));
       }},
      {"gather: index [3,2] is larger than the input [2,3] along dimension 0",
       [] {
         gather(zeros({2, 3}), 1, zeros({3, 2}, DType::Int64));
       }},
      {"gather: index 4 at position 0 is out of range for a dimension of size 3",
       [] {
         gather(zeros({1, 3}), 1, full({1, 1}, 4, DType::Int64));
       }},
      {"gather: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         gather(zeros({2, 3}), 2, zeros({2, 3}, DType::Int64));
       }},
  });
}
