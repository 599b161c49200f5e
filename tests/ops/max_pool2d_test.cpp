#include "autograd/ops/max_pool2d.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("max_pool2d: values and derivatives", "[ops][max_pool2d]") {
  check_op(
      "max_pool2d",
      {
          {"2x2", [](In x) { return max_pool2d(x[0], 2); }},
          {"odd image", [](In x) { return max_pool2d(x[0], 2); }},
          {"3x3", [](In x) { return max_pool2d(x[0], 3); }},
          {"overlapping", [](In x) { return max_pool2d(x[0], 3, {.stride = 2}); }},
          {"stride 1", [](In x) { return max_pool2d(x[0], 2, {.stride = 1}); }},
          {"stride past the kernel", [](In x) { return max_pool2d(x[0], 2, {.stride = 3}); }},
          {"padding", [](In x) { return max_pool2d(x[0], 3, {.stride = 2, .padding = 1}); }},
          {"padding of negatives", [](In x) { return max_pool2d(x[0], 2, {.padding = 1}); }},
          {"dilation", [](In x) { return max_pool2d(x[0], 2, {.stride = 1, .dilation = 2}); }},
          {"dilation padding",
           [](In x) { return max_pool2d(x[0], 3, {.stride = 2, .padding = 1, .dilation = 2}); }},
          {"kernel 2x3",
           [](In x) {
             return max_pool2d(x[0], {2, 3});
           }},
          {"h w",
           [](In x) {
             return max_pool2d(x[0], {3, 2}, {.stride = Pair(1, 2), .padding = {1, 0}});
           }},
          {"ceil mode", [](In x) { return max_pool2d(x[0], 2, {.ceil_mode = true}); }},
          {"ceil mode stride 2 padding",
           [](In x) { return max_pool2d(x[0], 3, {.stride = 2, .padding = 1, .ceil_mode = true}); }},
          {"ceil mode window in the padding",
           [](In x) { return max_pool2d(x[0], 2, {.stride = 3, .padding = 1, .ceil_mode = true}); }},
          {"no batch dimension", [](In x) { return max_pool2d(x[0], 2); }},
          {"1x1", [](In x) { return max_pool2d(x[0], 1); }},
          {"whole image",
           [](In x) {
             return max_pool2d(x[0], {4, 3});
           }},
          {"empty batch", [](In x) { return max_pool2d(x[0], 2); }},
          {"ties", [](In x) { return max_pool2d(x[0], 2); }, kNoQuotient},
          {"indices, 2x2", [](In x) { return max_pool2d_with_indices(x[0], 2).indices; }},
          {"indices, padding",
           [](In x) { return max_pool2d_with_indices(x[0], 3, {.stride = 2, .padding = 1}).indices; }},
          {"indices, h w",
           [](In x) {
             const MaxPool2dOptions options = {.stride = Pair(1, 2), .padding = {0, 1}, .dilation = {2, 1}};
             return max_pool2d_with_indices(x[0], {2, 3}, options).indices;
           }},
          {"indices, ceil mode",
           [](In x) { return max_pool2d_with_indices(x[0], 2, {.ceil_mode = true}).indices; }},
          {"indices, ties", [](In x) { return max_pool2d_with_indices(x[0], 2).indices; }},
          {"indices, wide windows",
           [](In x) { return max_pool2d_with_indices(x[0], 17, {.stride = 1}).indices; }},
          {"values with indices",
           [](In x) { return max_pool2d_with_indices(x[0], 3, {.stride = 2}).values; }},
          {"NaN", [](In x) { return max_pool2d(x[0], 2); }},
      });
}

TEST_CASE("max_pool2d: errors", "[ops][max_pool2d]") {
  check_errors({
      {"max_pool2d: expected an input [C,H,W] or [N,C,H,W], got [4,4]",
       [] {
         max_pool2d(zeros({4, 4}), 2);
       }},
      {"max_pool2d: only the batch may be empty, got an input of shape [2,0,4,4]",
       [] {
         max_pool2d(zeros({2, 0, 4, 4}), 2);
       }},
      {"max_pool2d: the kernel must be at least 1x1, got 0x2",
       [] {
         max_pool2d(zeros({1, 1, 4, 4}), {0, 2});
       }},
      {"max_pool2d: the stride must be at least 1, got 2x0",
       [] {
         max_pool2d(zeros({1, 1, 4, 4}), 2, {.stride = Pair(2, 0)});
       }},
      {"max_pool2d: the padding must be between 0 and half of the kernel, got padding 2 for kernel 3x3",
       [] {
         max_pool2d(zeros({1, 1, 4, 4}), 3, {.padding = 2});
       }},
      {"max_pool2d: the padding must be between 0 and half of the kernel, got padding -1 for kernel 3x3",
       [] {
         max_pool2d(zeros({1, 1, 4, 4}), 3, {.padding = -1});
       }},
      {"max_pool2d: kernel 5x2 does not fit in the padded input 4x4 (input [1,1,4,4], padding 0)",
       [] {
         max_pool2d(zeros({1, 1, 4, 4}), {5, 2});
       }},
      {"max_pool2d: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         max_pool2d(zeros({1, 1, 4, 4}, DType::Int64), 2);
       }},
      {"max_pool2d: the dilation must be at least 1, got 0",
       [] {
         max_pool2d(zeros({1, 1, 4, 4}), 2, {.dilation = 0});
       }},
      {"max_pool2d: kernel 3x3 does not fit in the padded input 4x4 (input [1,1,4,4], padding 0, dilation 2)",
       [] {
         max_pool2d(zeros({1, 1, 4, 4}), 3, {.dilation = 2});
       }},
      {"max_pool2d: a window has nothing but padding (input [1,1,1,1], kernel 2x2, padding 1, dilation 2)",
       [] {
         max_pool2d(zeros({1, 1, 1, 1}), 2, {.padding = 1, .dilation = 2});
       }},
      {"max_pool2d: the stride must be less than 2^29, got 9223372036854775807x9223372036854775807",
       [] {
         max_pool2d(zeros({1, 1, 4, 4}), 2, {.stride = INT64_MAX, .ceil_mode = true});
       }},
      {"max_pool2d: the kernel must be less than 2^29, got 1099511627776x1099511627776",
       [] {
         max_pool2d(zeros({1, 1, 4, 4}), int64_t{1} << 40, {.padding = int64_t{1} << 39});
       }},
  });
}
