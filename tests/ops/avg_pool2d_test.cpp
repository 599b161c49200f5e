#include "autograd/ops/avg_pool2d.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("avg_pool2d: values and derivatives", "[ops][avg_pool2d]") {
  check_op(
      "avg_pool2d",
      {
          {"2x2", [](In x) { return avg_pool2d(x[0], 2); }},
          {"odd image", [](In x) { return avg_pool2d(x[0], 2); }},
          {"3x3", [](In x) { return avg_pool2d(x[0], 3); }},
          {"overlapping", [](In x) { return avg_pool2d(x[0], 3, {.stride = 2}); }},
          {"stride 1", [](In x) { return avg_pool2d(x[0], 2, {.stride = 1}); }},
          {"stride past the kernel", [](In x) { return avg_pool2d(x[0], 2, {.stride = 3}); }},
          {"padding", [](In x) { return avg_pool2d(x[0], 3, {.stride = 2, .padding = 1}); }},
          {"padding not counted",
           [](In x) { return avg_pool2d(x[0], 3, {.stride = 2, .padding = 1, .count_include_pad = false}); }},
          {"kernel 2x3",
           [](In x) {
             return avg_pool2d(x[0], {2, 3});
           }},
          {"h w",
           [](In x) {
             return avg_pool2d(x[0], {3, 2}, {.stride = Pair(1, 2), .padding = {1, 0}});
           }},
          {"ceil mode", [](In x) { return avg_pool2d(x[0], 2, {.ceil_mode = true}); }},
          {"ceil mode padding",
           [](In x) { return avg_pool2d(x[0], 3, {.stride = 2, .padding = 1, .ceil_mode = true}); }},
          {"ceil mode not counted",
           [](In x) {
             return avg_pool2d(x[0], 3,
                               {.stride = 2, .padding = 1, .ceil_mode = true, .count_include_pad = false});
           }},
          {"ceil mode window in the padding",
           [](In x) { return avg_pool2d(x[0], 2, {.stride = 3, .padding = 1, .ceil_mode = true}); }},
          {"no batch dimension", [](In x) { return avg_pool2d(x[0], 2); }},
          {"1x1", [](In x) { return avg_pool2d(x[0], 1); }},
          {"whole image",
           [](In x) {
             return avg_pool2d(x[0], {4, 3});
           }},
          {"empty batch", [](In x) { return avg_pool2d(x[0], 2); }},
      });
}

TEST_CASE("avg_pool2d: errors", "[ops][avg_pool2d]") {
  check_errors({
      {"avg_pool2d: expected an input [C,H,W] or [N,C,H,W], got [4,4]",
       [] {
         avg_pool2d(zeros({4, 4}), 2);
       }},
      {"avg_pool2d: only the batch may be empty, got an input of shape [2,0,4,4]",
       [] {
         avg_pool2d(zeros({2, 0, 4, 4}), 2);
       }},
      {"avg_pool2d: the kernel must be at least 1x1, got 0x2",
       [] {
         avg_pool2d(zeros({1, 1, 4, 4}), {0, 2});
       }},
      {"avg_pool2d: the stride must be at least 1, got 2x0",
       [] {
         avg_pool2d(zeros({1, 1, 4, 4}), 2, {.stride = Pair(2, 0)});
       }},
      {"avg_pool2d: the padding must be between 0 and half of the kernel, got padding 2 for kernel 3x3",
       [] {
         avg_pool2d(zeros({1, 1, 4, 4}), 3, {.padding = 2});
       }},
      {"avg_pool2d: the padding must be between 0 and half of the kernel, got padding -1 for kernel 3x3",
       [] {
         avg_pool2d(zeros({1, 1, 4, 4}), 3, {.padding = -1});
       }},
      {"avg_pool2d: kernel 5x2 does not fit in the padded input 4x4 (input [1,1,4,4], padding 0)",
       [] {
         avg_pool2d(zeros({1, 1, 4, 4}), {5, 2});
       }},
      {"avg_pool2d: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         avg_pool2d(zeros({1, 1, 4, 4}, DType::Int64), 2);
       }},
  });
}
