#include "autograd/ops/unfold.h"

#include "autograd/ops/conv2d.h"
#include "autograd/ops/matmul.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("unfold: values and derivatives", "[ops][unfold]") {
  check_op("unfold",
           {
               {"two by two", [](In x) { return unfold(x[0], 2); }},
               {"batch", [](In x) { return unfold(x[0], 3); }},
               {"without batch", [](In x) { return unfold(x[0], 2); }},
               {"not square",
                [](In x) {
                  return unfold(x[0], {1, 3});
                }},
               {"stride", [](In x) { return unfold(x[0], 2, {.stride = 2}); }},
               {"padding", [](In x) { return unfold(x[0], 3, {.padding = 1}); }},
               {"much padding",
                [](In x) {
                  return unfold(x[0], 2, {.padding = {3, 0}});
                }},
               {"dilation",
                [](In x) {
                  return unfold(x[0], 2, {.dilation = {2, 1}});
                }},
               {"everything",
                [](In x) {
                  return unfold(x[0], {2, 3}, {.dilation = {1, 2}, .padding = {1, 2}, .stride = {2, 1}});
                }},
               {"patches", [](In x) { return unfold(x[0], 2, {.stride = 2}); }},
               {"no pictures", [](In x) { return unfold(x[0], 2); }},
           });
}

TEST_CASE("fold: values and derivatives", "[ops][unfold]") {
  check_op(
      "fold",
      {
          {"two by two",
           [](In x) {
             return fold(x[0], {3, 4}, 2);
           }},
          {"batch",
           [](In x) {
             return fold(x[0], {4, 3}, 3);
           }},
          {"without batch", [](In x) { return fold(x[0], 3, 2); }},
          {"gaps",
           [](In x) {
             return fold(x[0], {5, 4}, 2, {.stride = 2});
           }},
          {"padding",
           [](In x) {
             return fold(x[0], {3, 2}, 3, {.padding = 1});
           }},
          {"dilation",
           [](In x) {
             return fold(x[0], {4, 3}, 2, {.dilation = {2, 1}});
           }},
          {"everything",
           [](In x) {
             return fold(x[0], {3, 4}, {2, 3}, {.dilation = {1, 2}, .padding = {1, 2}, .stride = {2, 1}});
           }},
          {"no pictures", [](In x) { return fold(x[0], 3, 2); }},
      });
}

TEST_CASE("fold: errors", "[ops][unfold]") {
  check_errors({
      {"fold: expected an input [C*KH*KW,L] or [N,C*KH*KW,L], got [4]", [] { fold(zeros({4}), 3, 2); }},
      {"fold: 6 rows are not a multiple of the 4 taps of kernel 2x2 (input [1,6,4])",
       [] {
         fold(zeros({1, 6, 4}), 3, 2);
       }},
      {"fold: a picture 4x3 has 3x2 = 6 windows, but the input has 4 columns (input [1,4,4])",
       [] {
         fold(zeros({1, 4, 4}), {4, 3}, 2);
       }},
  });
}

TEST_CASE("unfold: a convolution is a product with its columns", "[ops][unfold]") {
  Generator generator(3);
  const Tensor x = randn({2, 3, 6, 5}, DType::Float64, generator);
  const Tensor weight = randn({4, 3, 3, 2}, DType::Float64, generator);
  const Tensor expected = conv2d(x, weight, {}, {.stride = {2, 1}, .padding = 1});
  const Tensor columns = unfold(x, {3, 2}, {.padding = 1, .stride = {2, 1}});
  const Tensor product = matmul(weight.reshape({4, 18}), columns).reshape(expected.shape());
  CHECK(first_difference(product, expected, 1e-12).empty());
}

TEST_CASE("unfold: threads change no bit", "[ops][unfold]") {
  check_threads({{"unfold", {{8, 4, 30, 30}}, [](In x) { return unfold(x[0], 3, {.padding = 1}); }},
                 {"fold", {{8, 36, 900}}, [](In x) { return fold(x[0], 30, 3, {.padding = 1}); }}});
}

TEST_CASE("unfold: errors", "[ops][unfold]") {
  check_errors({
      {"unfold: expected an input [C,H,W] or [N,C,H,W], got [3,3]",
       [] {
         unfold(zeros({3, 3}), 2);
       }},
      {"unfold: kernel 4x2 with dilation 1x1 does not fit in the padded picture 3x3",
       [] {
         unfold(zeros({1, 3, 3}), {4, 2});
       }},
      {"unfold: the kernel must be at least 1x1, got 0x2",
       [] {
         unfold(zeros({1, 3, 3}), {0, 2});
       }},
      {"unfold: the stride must be at least 1, got 0x0",
       [] {
         unfold(zeros({1, 3, 3}), 2, {.stride = 0});
       }},
      {"unfold: the dilation must be at least 1, got 0x1",
       [] {
         unfold(zeros({1, 3, 3}), 2, {.dilation = {0, 1}});
       }},
      {"unfold: the padding must not be negative, got -1x-1",
       [] {
         unfold(zeros({1, 3, 3}), 2, {.padding = -1});
       }},
      {"unfold: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         unfold(zeros({1, 3, 3}, DType::Int64), 2);
       }},
      {"unfold: the padding must be less than 2^29, got 9223372036854775807x9223372036854775807",
       [] {
         unfold(zeros({1, 1, 5, 5}), 1, {.padding = INT64_MAX});
       }},
      {"unfold: a tensor of shape [64,67108865,67108865,67108865,67108865] is too large to address",
       [] {
         unfold(zeros({1, 64, 1, 1}), (1 << 26) + 1, {.padding = 1 << 26, .stride = 1});
       }},
      {"fold: the picture must be less than 2^29, got 1099511627776x1",
       [] {
         fold(zeros({1, 1, 4}), {int64_t{1} << 40, 1}, 1);
       }},
  });
}
