#include "autograd/ops/nll_loss.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("nll_loss: values and derivatives", "[ops][nll_loss]") {
  check_op(
      "nll_loss",
      {
          {"mean", [](In x) { return nll_loss(x[0], x[1]); }},
          {"sum", [](In x) { return nll_loss(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"none", [](In x) { return nll_loss(x[0], x[1], {.reduction = Reduction::None}); }},
          {"image mean", [](In x) { return nll_loss(x[0], x[1]); }},
          {"image sum", [](In x) { return nll_loss(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"image none", [](In x) { return nll_loss(x[0], x[1], {.reduction = Reduction::None}); }},
          {"sequence", [](In x) { return nll_loss(x[0], x[1]); }},
          {"one row", [](In x) { return nll_loss(x[0], x[1]); }},
          {"one class", [](In x) { return nll_loss(x[0], x[1]); }},
          {"ten classes", [](In x) { return nll_loss(x[0], x[1]); }},
          {"empty batch sum", [](In x) { return nll_loss(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"empty batch none", [](In x) { return nll_loss(x[0], x[1], {.reduction = Reduction::None}); }},
          {"empty batch mean", [](In x) { return nll_loss(x[0], x[1]); }},
          {"no batch dimension", [](In x) { return nll_loss(x[0], x[1]); }},
          {"uint8 labels", [](In x) { return nll_loss(x[0], x[1]); }},
          {"ignored mean", [](In x) { return nll_loss(x[0], x[1], {.ignore_index = 1}); }},
          {"ignored sum",
           [](In x) { return nll_loss(x[0], x[1], {.reduction = Reduction::Sum, .ignore_index = 1}); }},
          {"ignored none",
           [](In x) { return nll_loss(x[0], x[1], {.reduction = Reduction::None, .ignore_index = 1}); }},
          {"ignored -100", [](In x) { return nll_loss(x[0], x[1]); }},
          {"all ignored mean", [](In x) { return nll_loss(x[0], x[1]); }, kNoQuotient},
          {"all ignored sum", [](In x) { return nll_loss(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"weight mean", [](In x) { return nll_loss(x[0], x[1], {.weight = x[2]}); }},
          {"weight sum",
           [](In x) { return nll_loss(x[0], x[1], {.weight = x[2], .reduction = Reduction::Sum}); }},
          {"weight none",
           [](In x) { return nll_loss(x[0], x[1], {.weight = x[2], .reduction = Reduction::None}); }},
          {"weight image mean", [](In x) { return nll_loss(x[0], x[1], {.weight = x[2]}); }},
          {"weight image sum",
           [](In x) { return nll_loss(x[0], x[1], {.weight = x[2], .reduction = Reduction::Sum}); }},
          {"weight image none",
           [](In x) { return nll_loss(x[0], x[1], {.weight = x[2], .reduction = Reduction::None}); }},
          {"weight ignored mean",
           [](In x) { return nll_loss(x[0], x[1], {.weight = x[2], .ignore_index = 1}); }},
          {"weight ignored sum",
           [](In x) {
             return nll_loss(x[0], x[1], {.weight = x[2], .reduction = Reduction::Sum, .ignore_index = 1});
           }},
          {"weight ignored none",
           [](In x) {
             return nll_loss(x[0], x[1], {.weight = x[2], .reduction = Reduction::None, .ignore_index = 1});
           }},
          {"weight no batch dimension", [](In x) { return nll_loss(x[0], x[1], {.weight = x[2]}); }},
      });
}

TEST_CASE("nll_loss: errors", "[ops][nll_loss]") {
  check_errors({
      {"nll_loss: the target must hold class indices, int64 or uint8, got float32",
       [] {
         nll_loss(zeros({2, 3}), zeros({2}));
       }},
      {"nll_loss: the input needs a dimension for the classes, got a scalar",
       [] { nll_loss(scalar(1), zeros({}, DType::Int64)); }},
      {"nll_loss: an input of shape [2,3] needs a target of shape [2], got [3]",
       [] {
         nll_loss(zeros({2, 3}), zeros({3}, DType::Int64));
       }},
      {"nll_loss: an input of shape [2,3,4] needs a target of shape [2,4], got [2]",
       [] {
         nll_loss(zeros({2, 3, 4}), zeros({2}, DType::Int64));
       }},
      {"nll_loss: label[1] is 3, but there are 3 classes (input [2,3])",
       [] {
         nll_loss(zeros({2, 3}), tensor<int64_t>({0, 3}));
       }},
      {"nll_loss: label[0,1] is -1, but there are 3 classes (input [1,3,2])",
       [] {
         nll_loss(zeros({1, 3, 2}), tensor<int64_t>({0, -1}).reshape({1, 2}));
       }},
      {"nll_loss: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         nll_loss(zeros({2, 3}, DType::Int64), tensor<int64_t>({0, 1}));
       }},
      {"nll_loss: weight must be one float32 for each of 3 classes, got float32 [2]",
       [] {
         nll_loss(zeros({2, 3}), tensor<int64_t>({0, 1}), {.weight = ones({2})});
       }},
      {"nll_loss: weight must be one float32 for each of 3 classes, got float64 [3]",
       [] {
         nll_loss(zeros({2, 3}), tensor<int64_t>({0, 1}), {.weight = ones({3}, DType::Float64)});
       }},
      {"nll_loss: weight is taken as a constant, but it requires grad",
       [] {
         nll_loss(zeros({2, 3}), tensor<int64_t>({0, 1}), {.weight = ones({3}).requires_grad_()});
       }},
  });
}
