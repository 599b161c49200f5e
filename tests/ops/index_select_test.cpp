#include "autograd/ops/index_select.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("index_select: values and derivatives", "[ops][index_select]") {
  check_op("index_select", {
                               {"rows", [](In x) { return index_select(x[0], 0, x[1]); }},
                               {"columns", [](In x) { return index_select(x[0], 1, x[1]); }},
                               {"repeated", [](In x) { return index_select(x[0], 0, x[1]); }},
                               {"negative dim", [](In x) { return index_select(x[0], -2, x[1]); }},
                               {"vector", [](In x) { return index_select(x[0], 0, x[1]); }},
                               {"nothing", [](In x) { return index_select(x[0], 0, x[1]); }},
                               {"of no columns", [](In x) { return index_select(x[0], 0, x[1]); }},
                               {"int64", [](In x) { return index_select(x[0], 0, x[1]); }},
                               {"pixels", [](In x) { return index_select(x[0], 1, x[1]); }},
                           });
}

static Tensor thousand_of_nine(const Tensor& x, int64_t dim) {
  Generator generator(7);
  return index_select(x, dim, randint(0, 9, {1000}, DType::Int64, generator));
}

TEST_CASE("index_select: threads change no bit", "[ops][index_select]") {
  check_threads({{"rows", {{9, 70}}, [](In x) { return thousand_of_nine(x[0], 0); }},
                 {"columns", {{70, 9}}, [](In x) { return thousand_of_nine(x[0], 1); }}});
}

TEST_CASE("index_select: errors", "[ops][index_select]") {
  check_errors({
      {"index_select: index must be int64 with one dimension, got float32 [2]",
       [] { index_select(zeros({3}), 0, zeros({2})); }},
      {"index_select: index must be int64 with one dimension, got int64 [1,2]",
       [] {
         index_select(zeros({3}), 0, zeros({1, 2}, DType::Int64));
       }},
      {"index_select: a scalar has no dimension to select from",
       [] { index_select(scalar(1), 0, zeros({2}, DType::Int64)); }},
      {"index_select: index 3 at position 1 is out of range for a dimension of size 3",
       [] {
         index_select(zeros({3, 2}), 0, tensor<int64_t>({0, 3}));
       }},
      {"index_select: index -1 at position 0 is out of range for a dimension of size 2",
       [] {
         index_select(zeros({3, 2}), 1, tensor<int64_t>({-1}));
       }},
      {"index_select: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         index_select(zeros({3, 2}), 2, zeros({1}, DType::Int64));
       }},
  });
}
