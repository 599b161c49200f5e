#include "autograd/ops/cross_entropy.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

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
          {"weight mean", [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2]}); }},
          {"weight sum",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .reduction = Reduction::Sum}); }},
          {"weight none",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .reduction = Reduction::None}); }},
          {"weight image mean", [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2]}); }},
          {"weight image sum",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .reduction = Reduction::Sum}); }},
          {"weight image none",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .reduction = Reduction::None}); }},
          {"weight ignored mean",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .ignore_index = 1}); }},
          {"weight ignored sum",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.weight = x[2], .reduction = Reduction::Sum, .ignore_index = 1});
           }},
          {"weight ignored none",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.weight = x[2], .reduction = Reduction::None, .ignore_index = 1});
           }},
          {"weight no batch dimension", [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2]}); }},
          {"smoothing weight mean",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .label_smoothing = 0.1}); }},
          {"smoothing weight sum",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.weight = x[2], .reduction = Reduction::Sum, .label_smoothing = 0.1});
           }},
          {"smoothing weight none",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.weight = x[2], .reduction = Reduction::None, .label_smoothing = 0.1});
           }},
          {"smoothing weight image mean",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .label_smoothing = 0.1}); }},
          {"smoothing weight image sum",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.weight = x[2], .reduction = Reduction::Sum, .label_smoothing = 0.1});
           }},
          {"smoothing weight image none",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.weight = x[2], .reduction = Reduction::None, .label_smoothing = 0.1});
           }},
          {"smoothing weight ignored mean",
           [](In x) {
             return cross_entropy(x[0], x[1], {.weight = x[2], .label_smoothing = 0.1, .ignore_index = 1});
           }},
          {"smoothing weight ignored sum",
           [](In x) {
             return cross_entropy(
                 x[0], x[1],
                 {.weight = x[2], .reduction = Reduction::Sum, .label_smoothing = 0.1, .ignore_index = 1});
           }},
          {"smoothing weight ignored none",
           [](In x) {
             return cross_entropy(
                 x[0], x[1],
                 {.weight = x[2], .reduction = Reduction::None, .label_smoothing = 0.1, .ignore_index = 1});
           }},
          {"smoothing weight no batch dimension",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .label_smoothing = 0.1}); }},
          {"soft mean", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"soft weight mean", [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2]}); }},
          {"soft weight image mean", [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2]}); }},
          {"soft sum", [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"soft weight sum",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .reduction = Reduction::Sum}); }},
          {"soft weight image sum",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .reduction = Reduction::Sum}); }},
          {"soft none", [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::None}); }},
          {"soft weight none",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .reduction = Reduction::None}); }},
          {"soft weight image none",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .reduction = Reduction::None}); }},
          {"soft smoothing mean", [](In x) { return cross_entropy(x[0], x[1], {.label_smoothing = 0.1}); }},
          {"soft smoothing weight mean",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .label_smoothing = 0.1}); }},
          {"soft smoothing weight image mean",
           [](In x) { return cross_entropy(x[0], x[1], {.weight = x[2], .label_smoothing = 0.1}); }},
          {"soft smoothing sum",
           [](In x) {
             return cross_entropy(x[0], x[1], {.reduction = Reduction::Sum, .label_smoothing = 0.1});
           }},
          {"soft smoothing weight sum",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.weight = x[2], .reduction = Reduction::Sum, .label_smoothing = 0.1});
           }},
          {"soft smoothing weight image sum",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.weight = x[2], .reduction = Reduction::Sum, .label_smoothing = 0.1});
           }},
          {"soft smoothing none",
           [](In x) {
             return cross_entropy(x[0], x[1], {.reduction = Reduction::None, .label_smoothing = 0.1});
           }},
          {"soft smoothing weight none",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.weight = x[2], .reduction = Reduction::None, .label_smoothing = 0.1});
           }},
          {"soft smoothing weight image none",
           [](In x) {
             return cross_entropy(x[0], x[1],
                                  {.weight = x[2], .reduction = Reduction::None, .label_smoothing = 0.1});
           }},
          {"soft constant target", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"soft constant logits", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"soft no batch dimension", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"soft any numbers", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"soft far apart", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"soft shifted by 1e4", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"soft empty batch mean", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"soft one class", [](In x) { return cross_entropy(x[0], x[1]); }},
          {"soft empty batch none",
           [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::None}); }},
      });
}

TEST_CASE("cross_entropy: the number of threads changes no bit", "[ops][cross_entropy][threads]") {
  check_threads({
      {"weights and smoothing",
       {{5000, 10}},
       [](In x) {
         Generator generator(1);
         const Tensor labels = randint(0, 10, {5000}, DType::Int64, generator);
         return cross_entropy(x[0], labels,
                              {.weight = rand({10}, x[0].dtype(), generator), .label_smoothing = 0.1});
       }},
      {"soft", {{5000, 10}, {5000, 10}}, [](In x) { return cross_entropy(x[0], x[1]); }},
      {"soft image",
       {{3, 10, 40, 41}, {3, 10, 40, 41}},
       [](In x) { return cross_entropy(x[0], x[1], {.reduction = Reduction::None}); }},
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
      {"cross_entropy: weight must be one float32 for each of 3 classes, got float32 [2]",
       [] {
         cross_entropy(zeros({2, 3}), tensor<int64_t>({0, 1}), {.weight = ones({2})});
       }},
      {"cross_entropy: weight must be one float32 for each of 3 classes, got float64 [3]",
       [] {
         cross_entropy(zeros({2, 3}), tensor<int64_t>({0, 1}), {.weight = ones({3}, DType::Float64)});
       }},
      {"cross_entropy: weight is taken as a constant, but it requires grad",
       [] {
         cross_entropy(zeros({2, 3}), tensor<int64_t>({0, 1}), {.weight = ones({3}).requires_grad_()});
       }},
      {"cross_entropy: a target in the input's shape holds probabilities and must be float32 as the input "
       "is, got int64",
       [] {
         cross_entropy(zeros({2, 3}), zeros({2, 3}, DType::Int64));
       }},
      {"cross_entropy: a target of probabilities has no label to ignore, but ignore_index is 1",
       [] {
         cross_entropy(zeros({2, 3}), zeros({2, 3}), {.ignore_index = 1});
       }},
  });
}
