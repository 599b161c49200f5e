#include "autograd/ops/index_add.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("index_add: values and derivatives", "[ops][index_add]") {
  check_op("index_add", {
                            {"rows", [](In x) { return index_add(x[0], 0, x[1], x[2]); }},
                            {"columns", [](In x) { return index_add(x[0], 1, x[1], x[2]); }},
                            {"alpha", [](In x) { return index_add(x[0], 0, x[1], x[2], -0.5); }},
                            {"negative dim", [](In x) { return index_add(x[0], -2, x[1], x[2]); }},
                            {"vector", [](In x) { return index_add(x[0], 0, x[1], x[2]); }},
                            {"nothing", [](In x) { return index_add(x[0], 0, x[1], x[2]); }},
                            {"no columns", [](In x) { return index_add(x[0], 0, x[1], x[2]); }},
                            {"one index", [](In x) { return index_add(x[0], 1, x[1], x[2]); }},
                            {"int64", [](In x) { return index_add(x[0], 0, x[1], x[2], 3); }},
                        });
}

static Tensor add_thousand(const Tensor& x, int64_t dim, const Tensor& source) {
  Generator generator(7);
  return index_add(x, dim, randint(0, 9, {1000}, DType::Int64, generator), source);
}

TEST_CASE("index_add: threads change no bit", "[ops][index_add]") {
  check_threads({{"rows", {{9, 70}, {1000, 70}}, [](In x) { return add_thousand(x[0], 0, x[1]); }},
                 {"columns", {{70, 9}, {70, 1000}}, [](In x) { return add_thousand(x[0], 1, x[1]); }}});
}

TEST_CASE("index_add: errors", "[ops][index_add]") {
  check_errors({
      {"index_add: index must be int64 with one dimension, got float32 [2]",
       [] { index_add(zeros({3}), 0, zeros({2}), zeros({2})); }},
      {"index_add: a scalar has no dimension to add along",
       [] { index_add(scalar(1), 0, tensor<int64_t>({0}), zeros({1})); }},
      {"index_add: source is float64 but the input is float32",
       [] { index_add(zeros({3}), 0, tensor<int64_t>({0}), zeros({1}, DType::Float64)); }},
      {"index_add: 2 indices along dimension 1 of [3,4] need a source [3,2], got [3,4]",
       [] {
         index_add(zeros({3, 4}), 1, tensor<int64_t>({0, 1}), zeros({3, 4}));
       }},
      {"index_add: index 3 at position 1 is out of range for a dimension of size 3",
       [] {
         index_add(zeros({3}), 0, tensor<int64_t>({0, 3}), zeros({2}));
       }},
      {"index_add: alpha must be a whole number for int64, got 0.5",
       [] { index_add(zeros({3}, DType::Int64), 0, tensor<int64_t>({0}), zeros({1}, DType::Int64), 0.5); }},
      {"index_add: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { index_add(zeros({3}, DType::Bool), 0, tensor<int64_t>({0}), zeros({1}, DType::Bool)); }},
  });
}
