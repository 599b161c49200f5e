#include "autograd/ops/conv2d.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("conv2d: values and derivatives", "[ops][conv2d]") {
  constexpr auto f = [](In x) { return conv2d(x[0], x[1], x[2]); };
  check_op(
      "conv2d",
      {
          {"3x3", f},
          {"no bias", f},
          {"1x1", f},
          {"1x1 stride 2", [](In x) { return conv2d(x[0], x[1], x[2], {.stride = 2}); }},
          {"padding", [](In x) { return conv2d(x[0], x[1], x[2], {.padding = 1}); }},
          {"padding 2", [](In x) { return conv2d(x[0], x[1], x[2], {.padding = 2}); }},
          {"padding past the kernel", [](In x) { return conv2d(x[0], x[1], x[2], {.padding = 3}); }},
          {"padding h w",
           [](In x) {
             return conv2d(x[0], x[1], x[2], {.padding = {0, 2}});
           }},
          {"stride 2", [](In x) { return conv2d(x[0], x[1], x[2], {.stride = 2}); }},
          {"stride 2 padding 1", [](In x) { return conv2d(x[0], x[1], x[2], {.stride = 2, .padding = 1}); }},
          {"stride h w",
           [](In x) {
             return conv2d(x[0], x[1], x[2], {.stride = {2, 1}});
           }},
          {"stride past the kernel", [](In x) { return conv2d(x[0], x[1], x[2], {.stride = 3}); }},
          {"dilation", [](In x) { return conv2d(x[0], x[1], x[2], {.dilation = 2}); }},
          {"dilation h w",
           [](In x) {
             return conv2d(x[0], x[1], x[2], {.padding = {1, 3}, .dilation = {1, 3}});
           }},
          {"stride padding dilation",
           [](In x) { return conv2d(x[0], x[1], x[2], {.stride = 2, .padding = 2, .dilation = 2}); }},
          {"groups", [](In x) { return conv2d(x[0], x[1], x[2], {.groups = 2}); }},
          {"groups no bias", [](In x) { return conv2d(x[0], x[1], x[2], {.padding = 1, .groups = 3}); }},
          {"groups 1x1", [](In x) { return conv2d(x[0], x[1], x[2], {.groups = 2}); }},
          {"depthwise", [](In x) { return conv2d(x[0], x[1], x[2], {.padding = 1, .groups = 3}); }},
          {"depthwise times 2", [](In x) { return conv2d(x[0], x[1], x[2], {.stride = 2, .groups = 2}); }},
          {"kernel 1x3", f},
          {"kernel 3x1",
           [](In x) {
             return conv2d(x[0], x[1], x[2], {.padding = {1, 0}});
           }},
          {"image 3x9", f},
          {"image as large as the kernel", f},
          {"batch 1", f},
          {"one pixel", f},
          {"one channel", f},
          {"lenet first", [](In x) { return conv2d(x[0], x[1], x[2], {.padding = 2}); }},
          {"past a tile", [](In x) { return conv2d(x[0], x[1], x[2], {.padding = 1}); }},
          {"no batch dimension", f},
          {"empty batch", f},
      });
}

TEST_CASE("conv2d: without channels in the input only the bias is left", "[ops][conv2d]") {
  const Tensor x = zeros({2, 0, 3, 3}).requires_grad_();
  const Tensor weight = zeros({1, 0, 2, 2}).requires_grad_();
  const Tensor bias = full({1}, 3).requires_grad_();
  const Tensor y = conv2d(x, weight, bias);
  CHECK(y.to_vector<float>() == std::vector<float>(8, 3));
  y.backward(ones({2, 1, 2, 2}));
  CHECK(x.grad().shape() == x.shape());
  CHECK(weight.grad().shape() == weight.shape());
  CHECK(bias.grad().item() == 8);
}

TEST_CASE("conv2d: errors", "[ops][conv2d]") {
  check_errors({
      {"conv2d: input has 3 channels but weight expects 4 (input [8,3,32,32], weight [16,4,3,3], groups 1)",
       [] {
         conv2d(zeros({8, 3, 32, 32}), zeros({16, 4, 3, 3}));
       }},
      {"conv2d: input has 4 channels but weight expects 8 (input [1,4,5,5], weight [2,4,3,3], groups 2)",
       [] {
         conv2d(zeros({1, 4, 5, 5}), zeros({2, 4, 3, 3}), {}, {.groups = 2});
       }},
      {"conv2d: 3 output channels do not divide into 2 groups (input [1,4,5,5], weight [3,2,3,3], groups 2)",
       [] {
         conv2d(zeros({1, 4, 5, 5}), zeros({3, 2, 3, 3}), {}, {.groups = 2});
       }},
      {"conv2d: 3 output channels do not divide into 0 groups (input [1,4,5,5], weight [3,4,3,3], groups 0)",
       [] {
         conv2d(zeros({1, 4, 5, 5}), zeros({3, 4, 3, 3}), {}, {.groups = 0});
       }},
      {"conv2d: expected input [N,C,H,W] or [C,H,W] and weight [O,C/groups,KH,KW] (input [5,5], weight "
       "[1,1,3,3], groups 1)",
       [] {
         conv2d(zeros({5, 5}), zeros({1, 1, 3, 3}));
       }},
      {"conv2d: expected input [N,C,H,W] or [C,H,W] and weight [O,C/groups,KH,KW] (input [1,1,5,5], weight "
       "[3,3], groups 1)",
       [] {
         conv2d(zeros({1, 1, 5, 5}), zeros({3, 3}));
       }},
      {"conv2d: bias must be [2], got [3]",
       [] {
         conv2d(zeros({1, 1, 5, 5}), zeros({2, 1, 3, 3}), zeros({3}));
       }},
      {"conv2d: stride must be positive, got 1x0",
       [] {
         conv2d(zeros({1, 1, 5, 5}), zeros({2, 1, 3, 3}), {}, {.stride = {1, 0}});
       }},
      {"conv2d: dilation must be positive, got 0x0",
       [] {
         conv2d(zeros({1, 1, 5, 5}), zeros({2, 1, 3, 3}), {}, {.dilation = 0});
       }},
      {"conv2d: padding must not be negative, got -1x-1",
       [] {
         conv2d(zeros({1, 1, 5, 5}), zeros({2, 1, 3, 3}), {}, {.padding = -1});
       }},
      {"conv2d: a kernel of 5x3 (with dilation) does not fit in the padded input of 4x6 (input [1,1,4,6], "
       "weight [2,1,3,2], groups 1)",
       [] {
         conv2d(zeros({1, 1, 4, 6}), zeros({2, 1, 3, 2}), {}, {.dilation = 2});
       }},
      {"conv2d: input is float32, weight float64",
       [] {
         conv2d(zeros({1, 1, 5, 5}), zeros({2, 1, 3, 3}, DType::Float64));
       }},
      {"conv2d: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         conv2d(zeros({1, 1, 5, 5}, DType::Int64), zeros({2, 1, 3, 3}, DType::Int64));
       }},
      {"conv2d: the padding must be less than 2^29, got 1099511627776x0",
       [] {
         conv2d(zeros({1, 1, 5, 5}), zeros({2, 1, 3, 3}), {}, {.padding = {int64_t{1} << 40, 0}});
       }},
      {"conv2d: the stride must be less than 2^29, got 9223372036854775807x9223372036854775807",
       [] {
         conv2d(zeros({1, 1, 5, 5}), zeros({2, 1, 3, 3}), {}, {.stride = INT64_MAX});
       }},
  });
}
