#include "autograd/ops/scatter_add.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("scatter_add: values and derivatives", "[ops][scatter_add]") {
  Tensor (*const dim0)(In) = [](In x) { return scatter_add(x[0], 0, x[1], x[2]); };
  Tensor (*const dim1)(In) = [](In x) { return scatter_add(x[0], 1, x[1], x[2]); };
  check_op("scatter_add", {
                              {"dim 0", dim0},
                              {"dim 1", dim1},
                              {"all in one place", dim0},
                              {"index smaller than src", dim1},
                              {"index smaller than input", dim1},
                              {"middle of three", [](In x) { return scatter_add(x[0], -2, x[1], x[2]); }},
                              {"nothing", dim1},
                              {"into no rows", dim1},
                              {"real and constant", dim0},
                              {"int64", dim1},
                          });
}

TEST_CASE("scatter_add: threads change no bit", "[ops][scatter_add]") {
  check_threads({{"many rows",
                  {{300, 5}, {300, 200}},
                  [](In x) {
                    Generator generator(7);
                    return scatter_add(x[0], 1, randint(0, 5, {300, 200}, DType::Int64, generator), x[1]);
                  }},
                 {"many columns", {{5, 100}, {700, 100}}, [](In x) {
                    Generator generator(7);
                    return scatter_add(x[0], 0, randint(0, 5, {700, 100}, DType::Int64, generator), x[1]);
                  }}});
}

TEST_CASE("scatter_add: errors", "[ops][scatter_add]") {
  check_errors({
      {"scatter_add: index must be int64, got float32",
       [] {
         scatter_add(zeros({2, 3}), 0, zeros({2, 3}), zeros({2, 3}));
       }},
      {"scatter_add: index of shape [2] must have as many dimensions as the input [2,3]",
       [] {
         scatter_add(zeros({2, 3}), 0, zeros({2}, DType::Int64), zeros({2, 3}));
       }},
      {"scatter_add: index [3,2] is larger than the input [2,3] along dimension 0",
       [] {
         scatter_add(zeros({2, 3}), 1, zeros({3, 2}, DType::Int64), zeros({3, 2}));
       }},
      {"scatter_add: index -1 at position 1 is out of range for a dimension of size 3",
       [] {
         scatter_add(zeros({3}), 0, tensor<int64_t>({0, -1}), zeros({2}));
       }},
      {"scatter_add: src of shape [2,1] must have as many dimensions as the index [2]",
       [] {
         scatter_add(zeros({3}), 0, tensor<int64_t>({0, 1}), zeros({2, 1}));
       }},
      {"scatter_add: index [2] is larger than src [1] along dimension 0",
       [] {
         scatter_add(zeros({3}), 0, tensor<int64_t>({0, 1}), zeros({1}));
       }},
      {"scatter_add: src is float64 but the input is float32",
       [] {
         scatter_add(zeros({3}), 0, tensor<int64_t>({0, 1}), zeros({2}, DType::Float64));
       }},
      {"scatter_add: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { scatter_add(zeros({3}, DType::Bool), 0, tensor<int64_t>({0}), zeros({1}, DType::Bool)); }},
      {"scatter_add: dimension 1 is out of range for a tensor of 1 dimensions (expected -1 to 0)",
       [] { scatter_add(zeros({3}), 1, tensor<int64_t>({0}), zeros({1})); }},
  });
}
