#include "autograd/ops/conv1d.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("conv1d: values and derivatives", "[ops][conv1d]") {
  constexpr auto f = [](In x) { return conv1d(x[0], x[1], x[2]); };
  check_op("conv1d",
           {
               {"3", f},
               {"no bias", f},
               {"1", f},
               {"stride padding dilation",
                [](In x) { return conv1d(x[0], x[1], x[2], {.stride = 2, .padding = 2, .dilation = 2}); }},
               {"groups", [](In x) { return conv1d(x[0], x[1], x[2], {.groups = 2}); }},
               {"depthwise", [](In x) { return conv1d(x[0], x[1], x[2], {.padding = 1, .groups = 3}); }},
               {"as long as the kernel", f},
               {"one element", f},
               {"no batch dimension", f},
               {"empty batch", f},
           });
}

TEST_CASE("conv1d: errors", "[ops][conv1d]") {
  check_errors({
      {"conv1d: input has 3 channels but weight expects 4 (input [8,3,32], weight [16,4,3], groups 1)",
       [] {
         conv1d(zeros({8, 3, 32}), zeros({16, 4, 3}));
       }},
      {"conv1d: 3 output channels do not divide into 2 groups (input [1,4,5], weight [3,2,3], groups 2)",
       [] {
         conv1d(zeros({1, 4, 5}), zeros({3, 2, 3}), {}, {.groups = 2});
       }},
      {"conv1d: expected input [N,C,L] or [C,L] and weight [O,C/groups,K] (input [1,1,5,5], weight [1,1,3], "
       "groups 1)",
       [] {
         conv1d(zeros({1, 1, 5, 5}), zeros({1, 1, 3}));
       }},
      {"conv1d: stride must be positive, got 0",
       [] {
         conv1d(zeros({1, 1, 5}), zeros({1, 1, 3}), {}, {.stride = 0});
       }},
      {"conv1d: dilation must be positive, got -1",
       [] {
         conv1d(zeros({1, 1, 5}), zeros({1, 1, 3}), {}, {.dilation = -1});
       }},
      {"conv1d: padding must not be negative, got -1",
       [] {
         conv1d(zeros({1, 1, 5}), zeros({1, 1, 3}), {}, {.padding = -1});
       }},
      {"conv1d: a kernel of 5 (with dilation) does not fit in the padded input of 4 (input [1,1,4], weight "
       "[1,1,3], groups 1)",
       [] {
         conv1d(zeros({1, 1, 4}), zeros({1, 1, 3}), {}, {.dilation = 2});
       }},
      {"conv1d: bias must be [2], got [3]",
       [] {
         conv1d(zeros({1, 1, 5}), zeros({2, 1, 3}), zeros({3}));
       }},
      {"conv1d: input is float32, weight float64",
       [] {
         conv1d(zeros({1, 1, 5}), zeros({2, 1, 3}, DType::Float64));
       }},
      {"conv1d: expected float32 or float64, got int64",
       [] {
         conv1d(zeros({1, 1, 5}, DType::Int64), zeros({2, 1, 3}, DType::Int64));
       }},
      {"conv1d: the dilation must be less than 2^29, got 1x9223372036854775807",
       [] {
         conv1d(zeros({1, 1, 5}), zeros({2, 1, 3}), {}, {.dilation = INT64_MAX});
       }},
  });
}
