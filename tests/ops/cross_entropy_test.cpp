#include "autograd/ops/cross_entropy.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("cross_entropy: values and derivatives", "[ops][cross_entropy]") {
  check_op(
      "cross_entropy",
      {
          {"mean", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"sum", [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"none", [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::None}); }},
          {"image mean", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"image sum", [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"image none", [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::None}); }},
          {"sequence", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"one row", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"one class", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"ten classes", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"empty batch sum", [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"empty batch none",
           [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::None}); }},
          {"empty batch mean", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"no batch dimension", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"uint8 labels", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"ignored mean", [](In x) { return cross_entropy(x[0], x[1], {.ignore_index = 1}); }},
          {"ignored sum",
           [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::Sum, .ignore_index = 1}); }},
          {"ignored none",
           [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::None, .ignore_index = 1}); }},
          {"ignored -100", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"all ignored mean", [](In x) { return cross_entropy(x[0], x[1]); }, kNoQuotient},
          {"all ignored sum", [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"smoothing 0.1 mean", [](In x) { return cross_entropy(x[0], x[1], {.label_smoothing = 0.1}); }},
          {"smoothing 0.1 sum",
           [](In x) {
             return cross_entropy(x[0], x[1], {.reduction = Reduction::Sum, .label_smoothing = 0.1});
           }},
          {"smoothing 0.1 none",
           [](In x) {
             return cross_entropy(x[0], x[1], {.reduction = Reduction::None, .label_smoothing = 0.1});
           }},
          {"smoothing 1", [](In x) { return cross_entropy(x[0], x[1], {.label_smoothing = 1}); }},
          {"smoothing ignored",
           [](In x) { return cross_entropy(x[0], x[1], {.label_smoothing = 0.1, .ignore_index = 1}); }},
          {"smoothing ignored none",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.reduction = Reduction::None, .label_smoothing = 0.1, .ignore_index = 1});
           }},
          {"smoothing image", [](In x) { return cross_entropy(x[0], x[1], {.label_smoothing = 0.2}); }},
          {"far apart", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"shifted by 1e4", [](In x) { return cross_entropy(x[0], x[1]); }},
      });
}

TEST_CASE("cross_entropy: errors", "[ops][cross_entropy]") {
  check_errors({
      {"cross_entropy: the target must hold class indices, int64 or uint8, got float32",
       [] {
         cross_entropy(zeros({2, 3}), zeros({2}));
       }},
      {"cross_entropy: the input needs a dimension for the classes, got a scalar",
       [] { cross_entropy(scalar(1), zeros({}, DType::Int64)); }},
      {"cross_entropy: an input of shape [2,3] needs a target of shape [2], got [3]",
       [] {
         cross_entropy(zeros({2, 3}), zeros({3}, DType::Int64));
       }},
      {"cross_entropy: an input of shape [2,3,4] needs a target of shape [2,4], got [2]",
       [] {
         cross_entropy(zeros({2, 3, 4}), zeros({2}, DType::Int64));
       }},
      {"cross_entropy: label[1] is 3, but there are 3 classes (input [2,3])",
       [] {
         cross_entropy(zeros({2, 3}), tensor<int64_t>({0, 3}));
       }},
      {"cross_entropy: label[0,1] is -1, but there are 3 classes (input [1,3,2])",
       [] {
         cross_entropy(zeros({1, 3, 2}), tensor<int64_t>({0, -1}).reshape({1, 2}));
       }},
      {"cross_entropy: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         cross_entropy(zeros({2, 3}, DType::Int64), tensor<int64_t>({0, 1}));
       }},
      {"cross_entropy: label_smoothing must be in [0, 1], got 1.5",
       [] {
         cross_entropy(zeros({2, 3}), tensor<int64_t>({0, 1}), {.label_smoothing = 1.5});
       }},
  });
}
