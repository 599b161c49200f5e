#include "autograd/ops/sigmoid_focal_loss.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("sigmoid_focal_loss: values and derivatives", "[ops][sigmoid_focal_loss]") {
  check_op("sigmoid_focal_loss",
           {
               {"mean", [](In x) { return sigmoid_focal_loss(x[0], x[1], {.reduction = Reduction::Mean}); }},
               {"sum", [](In x) { return sigmoid_focal_loss(x[0], x[1], {.reduction = Reduction::Sum}); }},
               {"none", [](In x) { return sigmoid_focal_loss(x[0], x[1]); }},
               {"vectors", [](In x) { return sigmoid_focal_loss(x[0], x[1]); }},
               {"scalars", [](In x) { return sigmoid_focal_loss(x[0], x[1]); }},
               {"four dimensions", [](In x) { return sigmoid_focal_loss(x[0], x[1]); }},
               {"constant target", [](In x) { return sigmoid_focal_loss(x[0], x[1]); }},
               {"constant input", [](In x) { return sigmoid_focal_loss(x[0], x[1]); }},
               {"no elements sum",
                [](In x) { return sigmoid_focal_loss(x[0], x[1], {.reduction = Reduction::Sum}); }},
               {"no elements none", [](In x) { return sigmoid_focal_loss(x[0], x[1]); }},
               {"no elements mean",
                [](In x) { return sigmoid_focal_loss(x[0], x[1], {.reduction = Reduction::Mean}); }},
               {"default", [](In x) { return sigmoid_focal_loss(x[0], x[1]); }},
               {"hard targets mean",
                [](In x) { return sigmoid_focal_loss(x[0], x[1], {.reduction = Reduction::Mean}); }},
               {"no alpha", [](In x) { return sigmoid_focal_loss(x[0], x[1], {.alpha = -1}); }},
               {"gamma 0", [](In x) { return sigmoid_focal_loss(x[0], x[1], {.gamma = 0}); }},
               {"gamma 0.5", [](In x) { return sigmoid_focal_loss(x[0], x[1], {.gamma = 0.5}); }},
               {"gamma 3.5", [](In x) { return sigmoid_focal_loss(x[0], x[1], {.gamma = 3.5}); }},
               {"gamma 1", [](In x) { return sigmoid_focal_loss(x[0], x[1], {.alpha = 0.6, .gamma = 1}); }},
               {"far", [](In x) { return sigmoid_focal_loss(x[0], x[1]); }, kNoQuotient},
           });
}

TEST_CASE("sigmoid_focal_loss: the number of threads changes no bit", "[ops][sigmoid_focal_loss][threads]") {
  check_threads({{"sigmoid_focal_loss", {{300, 301}, {300, 301}}, [](In x) {
                    return sigmoid_focal_loss(x[0], x[1]);
                  }}});
}

TEST_CASE("sigmoid_focal_loss: errors", "[ops][sigmoid_focal_loss]") {
  check_errors({
      {"sigmoid_focal_loss: input [3] and target [3,1] must have the same shape",
       [] {
         sigmoid_focal_loss(zeros({3}), zeros({3, 1}));
       }},
      {"sigmoid_focal_loss: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { sigmoid_focal_loss(zeros({3}, DType::Int64), zeros({3}, DType::Int64)); }},
      {"sigmoid_focal_loss: alpha must be in [0, 1], or negative for none, got 2",
       [] { sigmoid_focal_loss(zeros({3}), zeros({3}), {.alpha = 2}); }},
      {"sigmoid_focal_loss: gamma must not be negative, got -1",
       [] { sigmoid_focal_loss(zeros({3}), zeros({3}), {.gamma = -1}); }},
  });
}
