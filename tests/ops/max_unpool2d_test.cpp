#include "autograd/ops/max_unpool2d.h"

#include "autograd/ops/max_pool2d.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("max_unpool2d: values and derivatives", "[ops][max_unpool2d]") {
  check_op(
      "max_unpool2d",
      {
          {"2x2", [](In x) { return max_unpool2d(x[0], x[1], 2); }},
          {"odd image", [](In x) { return max_unpool2d(x[0], x[1], 2, {.output_size = Pair(5, 7)}); }},
          {"3x3 stride 2 padding",
           [](In x) { return max_unpool2d(x[0], x[1], 3, {.stride = 2, .padding = 1}); },
           kNoQuotient},  // windows that overlap name a pixel twice: one is lost, yet both get its gradient
          {"h w", [](In x) { return max_unpool2d(x[0], x[1], Pair(3, 2)); }},
          {"empty batch", [](In x) { return max_unpool2d(x[0], x[1], 2); }},
      });
}

TEST_CASE("max_unpool2d: the number of threads changes no bit", "[ops][max_unpool2d][threads]") {
  check_threads({
      {"pooled and back",
       {{40, 12, 20, 22}},
       [](In x) {
         const auto [values, indices] = max_pool2d_with_indices(x[0], 2);
         return max_unpool2d(values, indices, 2);
       }},
  });
}

TEST_CASE("max_unpool2d: errors", "[ops][max_unpool2d]") {
  check_errors({
      {"max_unpool2d: expected an input [C,H,W] or [N,C,H,W], got [2,2]",
       [] {
         max_unpool2d(zeros({2, 2}), zeros({2, 2}, DType::Int64), 2);
       }},
      {"max_unpool2d: indices must be int64 and of the input's shape [1,2,2], got int64 [1,2,3]",
       [] {
         max_unpool2d(zeros({1, 2, 2}), zeros({1, 2, 3}, DType::Int64), 2);
       }},
      {"max_unpool2d: indices must be int64 and of the input's shape [1,2,2], got float32 [1,2,2]",
       [] {
         max_unpool2d(zeros({1, 2, 2}), zeros({1, 2, 2}), 2);
       }},
      {"max_unpool2d: index 16 at position 0 is out of range for a dimension of size 16",
       [] {
         max_unpool2d(zeros({1, 2, 2}), full({1, 2, 2}, 16, DType::Int64), 2);
       }},
      {"max_unpool2d: kernel and stride must be at least 1, got kernel 2x2 and stride 0x1",
       [] {
         max_unpool2d(zeros({1, 2, 2}), zeros({1, 2, 2}, DType::Int64), 2, {.stride = Pair(0, 1)});
       }},
      {"max_unpool2d: the output size must be positive and less than a stride of 2x2 from 4x4, got 6x4",
       [] {
         max_unpool2d(zeros({1, 2, 2}), zeros({1, 2, 2}, DType::Int64), 2, {.output_size = Pair(6, 4)});
       }},
      {"max_unpool2d: the stride must be less than 2^29, got 9223372036854775807x9223372036854775807",
       [] {
         max_unpool2d(zeros({1, 1, 2, 2}), zeros({1, 1, 2, 2}, DType::Int64), 2, {.stride = INT64_MAX});
       }},
  });
}
