#include "autograd/ops/conv_transpose2d.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

namespace {

Tensor run(In x, const ConvTranspose2dOptions& options = {}) {
  return conv_transpose2d(x[0], x[1], x[2], options);
}

}  // namespace

TEST_CASE("conv_transpose2d: values and derivatives", "[ops][conv_transpose2d]") {
  constexpr auto f = [](In x) { return run(x); };
  check_op(
      "conv_transpose2d",
      {
          {"3x3", f},
          {"no bias", f},
          {"1x1", f},
          {"1x1 stride 2", [](In x) { return run(x, {.stride = 2}); }},
          {"padding", [](In x) { return run(x, {.padding = 1}); }},
          {"padding h w", [](In x) { return run(x, {.padding = Pair(0, 2)}); }},
          {"stride 2", [](In x) { return run(x, {.stride = 2}); }},
          {"2x2 stride 2", [](In x) { return run(x, {.stride = 2}); }},
          {"4x4 stride 2 padding 1", [](In x) { return run(x, {.stride = 2, .padding = 1}); }},
          {"stride h w", [](In x) { return run(x, {.stride = Pair(2, 1)}); }},
          {"stride past the kernel", [](In x) { return run(x, {.stride = 3}); }},
          {"output padding", [](In x) { return run(x, {.stride = 2, .padding = 1, .output_padding = 1}); }},
          {"output padding h w",
           [](In x) { return run(x, {.stride = Pair(2, 3), .output_padding = Pair(0, 2)}); }},
          {"output padding past the stride",
           [](In x) { return run(x, {.output_padding = 2, .dilation = 3}); }},
          {"output padding past the stride h",
           [](In x) {
             return run(x, {.stride = 2, .padding = 3, .output_padding = Pair(3, 1), .dilation = Pair(4, 3)});
           }},
          {"dilation", [](In x) { return run(x, {.dilation = 2}); }},
          {"dilation h w", [](In x) { return run(x, {.padding = Pair(1, 3), .dilation = Pair(1, 3)}); }},
          {"stride padding dilation",
           [](In x) { return run(x, {.stride = 2, .padding = 2, .dilation = 2}); }},
          {"groups", [](In x) { return run(x, {.groups = 2}); }},
          {"groups no bias", [](In x) { return run(x, {.padding = 1, .groups = 3}); }},
          {"depthwise stride 2", [](In x) { return run(x, {.stride = 2, .padding = 1, .groups = 3}); }},
          {"kernel 1x3", f},
          {"one pixel", f},
          {"cut to one pixel", [](In x) { return run(x, {.padding = 1}); }},
          {"one channel", f},
          {"past a tile", [](In x) { return run(x, {.padding = 1}); }},
          {"no batch dimension", [](In x) { return run(x, {.stride = 2}); }},
          {"empty batch", f},
      });
}

TEST_CASE("conv_transpose2d: the number of threads changes no bit", "[ops][conv_transpose2d][threads]") {
  check_threads({
      {"stride 2",
       {{9, 16, 11, 9}, {16, 6, 4, 4}, {6}},
       [](In x) { return run(x, {.stride = 2, .padding = 1}); }},
      {"of one image", {{1, 5, 40, 40}, {5, 33, 3, 3}, {33}}, [](In x) { return run(x); }},
  });
}

TEST_CASE("conv_transpose2d: errors", "[ops][conv_transpose2d]") {
  check_errors({
      {"conv_transpose2d: input has 3 channels but weight expects 4 (input [8,3,9,9], weight [4,2,3,3], "
       "groups 1)",
       [] {
         conv_transpose2d(zeros({8, 3, 9, 9}), zeros({4, 2, 3, 3}));
       }},
      {"conv_transpose2d: 3 input channels do not divide into 2 groups (input [1,3,5,5], weight [3,2,3,3], "
       "groups 2)",
       [] {
         conv_transpose2d(zeros({1, 3, 5, 5}), zeros({3, 2, 3, 3}), {}, {.groups = 2});
       }},
      {"conv_transpose2d: expected input [N,C,H,W] or [C,H,W] and weight [C,O/groups,KH,KW] (input [5,5], "
       "weight "
       "[1,1,3,3], groups 1)",
       [] {
         conv_transpose2d(zeros({5, 5}), zeros({1, 1, 3, 3}));
       }},
      {"conv_transpose2d: only the batch may be empty (input [1,1,0,5], weight [1,1,3,3], groups 1)",
       [] {
         conv_transpose2d(zeros({1, 1, 0, 5}), zeros({1, 1, 3, 3}));
       }},
      {"conv_transpose2d: bias must be [4], got [2]",
       [] {
         conv_transpose2d(zeros({1, 2, 5, 5}), zeros({2, 2, 3, 3}), zeros({2}), {.groups = 2});
       }},
      {"conv_transpose2d: stride must be positive, got 1x0",
       [] {
         conv_transpose2d(zeros({1, 1, 5, 5}), zeros({1, 1, 3, 3}), {}, {.stride = {1, 0}});
       }},
      {"conv_transpose2d: dilation must be positive, got -1x-1",
       [] {
         conv_transpose2d(zeros({1, 1, 5, 5}), zeros({1, 1, 3, 3}), {}, {.dilation = -1});
       }},
      {"conv_transpose2d: padding must not be negative, got -1x-1",
       [] {
         conv_transpose2d(zeros({1, 1, 5, 5}), zeros({1, 1, 3, 3}), {}, {.padding = -1});
       }},
      {"conv_transpose2d: output_padding must be at least 0 and less than stride or dilation, got 2x2 for "
       "stride "
       "2x2 and dilation 1x1",
       [] {
         conv_transpose2d(zeros({1, 1, 5, 5}), zeros({1, 1, 3, 3}), {}, {.stride = 2, .output_padding = 2});
       }},
      {"conv_transpose2d: a padding of 2x2 leaves an output of -1x0 (input [1,1,1,2], weight [1,1,3,3], "
       "groups 1)",
       [] {
         conv_transpose2d(zeros({1, 1, 1, 2}), zeros({1, 1, 3, 3}), {}, {.padding = 2});
       }},
      {"conv_transpose2d: input is float32, weight float64",
       [] {
         conv_transpose2d(zeros({1, 1, 5, 5}), zeros({1, 1, 3, 3}, DType::Float64));
       }},
      {"conv_transpose2d: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         conv_transpose2d(zeros({1, 1, 5, 5}, DType::Int64), zeros({1, 1, 3, 3}, DType::Int64));
       }},
      {"conv_transpose2d: the stride must be less than 2^29, got 9223372036854775807x9223372036854775807",
       [] {
         conv_transpose2d(zeros({1, 1, 5, 5}), zeros({1, 1, 3, 3}), {}, {.stride = INT64_MAX});
       }},
  });
}
