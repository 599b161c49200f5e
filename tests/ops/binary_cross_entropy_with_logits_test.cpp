#include "autograd/ops/binary_cross_entropy_with_logits.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("binary_cross_entropy_with_logits: values and derivatives",
          "[ops][binary_cross_entropy_with_logits]") {
  check_op(
      "binary_cross_entropy_with_logits",
      {
          {"mean", [](In x) { return binary_cross_entropy_with_logits(x[0], x[1]); }},
          {"sum",
           [](In x) { return binary_cross_entropy_with_logits(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"none",
           [](In x) { return binary_cross_entropy_with_logits(x[0], x[1], {.reduction = Reduction::None}); }},
          {"vectors", [](In x) { return binary_cross_entropy_with_logits(x[0], x[1]); }},
          {"scalars", [](In x) { return binary_cross_entropy_with_logits(x[0], x[1]); }},
          {"four dimensions", [](In x) { return binary_cross_entropy_with_logits(x[0], x[1]); }},
          {"constant target", [](In x) { return binary_cross_entropy_with_logits(x[0], x[1]); }},
          {"constant input", [](In x) { return binary_cross_entropy_with_logits(x[0], x[1]); }},
          {"no elements sum",
           [](In x) { return binary_cross_entropy_with_logits(x[0], x[1], {.reduction = Reduction::Sum}); }},
          {"no elements none",
           [](In x) { return binary_cross_entropy_with_logits(x[0], x[1], {.reduction = Reduction::None}); }},
          {"no elements mean", [](In x) { return binary_cross_entropy_with_logits(x[0], x[1]); }},
          {"hard targets", [](In x) { return binary_cross_entropy_with_logits(x[0], x[1]); }},
          {"far",
           [](In x) { return binary_cross_entropy_with_logits(x[0], x[1], {.reduction = Reduction::None}); },
           kNoQuotient},
          {"targets beyond 1", [](In x) { return binary_cross_entropy_with_logits(x[0], x[1]); }},
          {"weight mean",
           [](In x) { return binary_cross_entropy_with_logits(x[0], x[1], {.weight = x[2]}); }},
          {"weight sum",
           [](In x) {
             return binary_cross_entropy_with_logits(x[0], x[1],
                                                     {.weight = x[2], .reduction = Reduction::Sum});
           }},
          {"weight none",
           [](In x) {
             return binary_cross_entropy_with_logits(x[0], x[1],
                                                     {.weight = x[2], .reduction = Reduction::None});
           }},
          {"pos_weight mean",
           [](In x) { return binary_cross_entropy_with_logits(x[0], x[1], {.pos_weight = x[2]}); }},
          {"pos_weight sum",
           [](In x) {
             return binary_cross_entropy_with_logits(x[0], x[1],
                                                     {.reduction = Reduction::Sum, .pos_weight = x[2]});
           }},
          {"pos_weight none",
           [](In x) {
             return binary_cross_entropy_with_logits(x[0], x[1],
                                                     {.reduction = Reduction::None, .pos_weight = x[2]});
           }},
          {"both weights",
           [](In x) {
             return binary_cross_entropy_with_logits(x[0], x[1], {.weight = x[2], .pos_weight = x[3]});
           }},
          {"pos_weight far",
           [](In x) {
             return binary_cross_entropy_with_logits(x[0], x[1],
                                                     {.reduction = Reduction::None, .pos_weight = x[2]});
           },
           kNoQuotient},
      });
}

TEST_CASE("binary_cross_entropy_with_logits: the number of threads changes no bit",
          "[ops][binary_cross_entropy_with_logits][threads]") {
  check_threads({{"binary_cross_entropy_with_logits", {{300, 301}, {300, 301}}, [](In x) {
                    return binary_cross_entropy_with_logits(x[0], x[1]);
                  }}});
}

TEST_CASE("binary_cross_entropy_with_logits: errors", "[ops][binary_cross_entropy_with_logits]") {
  check_errors({
      {"binary_cross_entropy_with_logits: input [3] and target [3,1] must have the same shape",
       [] {
         binary_cross_entropy_with_logits(zeros({3}), zeros({3, 1}));
       }},
      {"binary_cross_entropy_with_logits: int64 is not supported; expected float32 or float64 (convert with "
       ".to(DType))",
       [] { binary_cross_entropy_with_logits(zeros({3}, DType::Int64), zeros({3}, DType::Int64)); }},
      {"binary_cross_entropy_with_logits: pos_weight [2,3] does not broadcast to the input's shape [3]",
       [] {
         binary_cross_entropy_with_logits(zeros({3}), zeros({3}), {.pos_weight = ones({2, 3})});
       }},
      {"binary_cross_entropy_with_logits: weight is taken as a constant, but it requires grad",
       [] {
         binary_cross_entropy_with_logits(zeros({3}), zeros({3}), {.weight = ones({3}).requires_grad_()});
       }},
  });
}
