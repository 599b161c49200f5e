#include "autograd/ops/dice_loss.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("dice_loss: values and derivatives", "[ops][dice_loss]") {
  check_op("dice_loss",
           {
               {"mean", [](In x) { return dice_loss(x[0], x[1]); }},
               {"sum", [](In x) { return dice_loss(x[0], x[1], {.reduction = Reduction::Sum}); }},
               {"none", [](In x) { return dice_loss(x[0], x[1], {.reduction = Reduction::None}); }},
               {"rows", [](In x) { return dice_loss(x[0], x[1]); }},
               {"one mask", [](In x) { return dice_loss(x[0], x[1]); }},
               {"hard target", [](In x) { return dice_loss(x[0], x[1]); }},
               {"nothing found in nothing",
                [](In x) { return dice_loss(x[0], x[1], {.reduction = Reduction::None}); }},
               {"smooth 0", [](In x) { return dice_loss(x[0], x[1], {.smooth = 0}); }},
               {"smooth 1e-3", [](In x) { return dice_loss(x[0], x[1], {.smooth = 1e-3}); }},
               {"no masks none", [](In x) { return dice_loss(x[0], x[1], {.reduction = Reduction::None}); }},
               {"no masks mean", [](In x) { return dice_loss(x[0], x[1]); }},
               {"no elements", [](In x) { return dice_loss(x[0], x[1], {.reduction = Reduction::None}); }},
           });
}

TEST_CASE("dice_loss: the number of threads changes no bit", "[ops][dice_loss][threads]") {
  check_threads({{"dice_loss", {{300, 301}, {300, 301}}, [](In x) { return dice_loss(x[0], x[1]); }}});
}

TEST_CASE("dice_loss: errors", "[ops][dice_loss]") {
  check_errors({
      {"dice_loss: input [3] and target [3] must have one shape, [N, ...]",
       [] { dice_loss(zeros({3}), zeros({3})); }},
      {"dice_loss: input [3,2] and target [3,1] must have one shape, [N, ...]",
       [] {
         dice_loss(zeros({3, 2}), zeros({3, 1}));
       }},
      {"dice_loss: the input must be float32 or float64, got int64",
       [] {
         dice_loss(zeros({3, 2}, DType::Int64), zeros({3, 2}));
       }},
      {"dice_loss: smooth must not be negative, got -1",
       [] {
         dice_loss(zeros({3, 2}), zeros({3, 2}), {.smooth = -1});
       }},
  });
}
