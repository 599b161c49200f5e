#include "autograd/ops/triplet_margin_loss.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("triplet_margin_loss: values and derivatives", "[ops][triplet_margin_loss]") {
  check_op(
      "triplet_margin_loss",
      {
          {"mean", [](In x) { return triplet_margin_loss(x[0], x[1], x[2]); }},
          {"sum", [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.reduction = Reduction::Sum}); }},
          {"none",
           [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.reduction = Reduction::None}); }},
          {"margin 10 mean", [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.margin = 10}); }},
          {"margin 10 sum",
           [](In x) {
             return triplet_margin_loss(x[0], x[1], x[2], {.margin = 10, .reduction = Reduction::Sum});
           }},
          {"margin 10 none",
           [](In x) {
             return triplet_margin_loss(x[0], x[1], x[2], {.margin = 10, .reduction = Reduction::None});
           }},
          {"p 1.0", [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.margin = 5, .p = 1}); }},
          {"p 1.5", [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.margin = 5, .p = 1.5}); }},
          {"p 3.0", [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.margin = 5, .p = 3}); }},
          {"p inf", [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.margin = 5, .p = INFINITY}); }},
          {"swap",
           [](In x) {
             return triplet_margin_loss(x[0], x[1], x[2],
                                        {.margin = 5, .swap = true, .reduction = Reduction::None});
           }},
          {"eps 0.1", [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.margin = 5, .eps = 0.1}); }},
          {"one triplet", [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.margin = 5}); }},
          {"three dimensions",
           [](In x) {
             return triplet_margin_loss(x[0], x[1], x[2], {.margin = 5, .reduction = Reduction::None});
           }},
          {"one point",
           [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.reduction = Reduction::None}); },
           kNoQuotient},
          {"no triplets sum",
           [](In x) { return triplet_margin_loss(x[0], x[1], x[2], {.reduction = Reduction::Sum}); }},
      });
}

TEST_CASE("triplet_margin_loss: the number of threads changes no bit",
          "[ops][triplet_margin_loss][threads]") {
  check_threads({{"triplet_margin_loss", {{300, 101}, {300, 101}, {300, 101}}, [](In x) {
                    return triplet_margin_loss(x[0], x[1], x[2]);
                  }}});
}

TEST_CASE("triplet_margin_loss: errors", "[ops][triplet_margin_loss]") {
  check_errors({
      {"triplet_margin_loss: anchor [3,4], positive [3,4] and negative [3,5] must have one shape, [D] or [N, "
       "..., D]",
       [] {
         triplet_margin_loss(zeros({3, 4}), zeros({3, 4}), zeros({3, 5}));
       }},
      {"triplet_margin_loss: the inputs must be float32 or float64, got int64",
       [] {
         const Tensor x = zeros({3}, DType::Int64);
         triplet_margin_loss(x, x, x);
       }},
      {"triplet_margin_loss: margin must be positive, got 0",
       [] { triplet_margin_loss(zeros({3}), zeros({3}), zeros({3}), {.margin = 0}); }},
      {"triplet_margin_loss: p must be positive, got 0",
       [] { triplet_margin_loss(zeros({3}), zeros({3}), zeros({3}), {.p = 0}); }},
  });
}
