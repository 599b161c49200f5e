#include "autograd/ops/distribution_focal_loss.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("distribution_focal_loss: values and derivatives", "[ops][distribution_focal_loss]") {
  constexpr auto f = [](In x) { return distribution_focal_loss(x[0], x[1]); };
  check_op("distribution_focal_loss",
           {
               {"mean", [](In x) { return distribution_focal_loss(x[0], x[1], Reduction::Mean); }},
               {"sum", [](In x) { return distribution_focal_loss(x[0], x[1], Reduction::Sum); }},
               {"none", f},
               {"two numbers", f},
               {"whole numbers", f},
               {"far apart", f},
               {"nothing", f},
               {"mean of them", [](In x) { return distribution_mean(x[0]); }},
           });
}

TEST_CASE("distribution_focal_loss: errors", "[ops][distribution_focal_loss]") {
  check_errors({
      {"distribution_focal_loss: expected logits [N,n], n at least 2, and targets [N], got [3,4] and [4]",
       [] {
         distribution_focal_loss(zeros({3, 4}), zeros({4}));
       }},
      {"distribution_focal_loss: expected logits [N,n], n at least 2, and targets [N], got [3,1] and [3]",
       [] {
         distribution_focal_loss(zeros({3, 1}), zeros({3}));
       }},
      {"distribution_focal_loss: targets must be float32 as the logits, got int64",
       [] {
         distribution_focal_loss(zeros({3, 4}), zeros({3}, DType::Int64));
       }},
      {"distribution_focal_loss: a target lies outside of 0 to 3",
       [] {
         distribution_focal_loss(zeros({2, 4}), tensor<float>({1, 3.5}));
       }},
      {"distribution_focal_loss: the target is taken as a constant, but it requires grad",
       [] {
         distribution_focal_loss(zeros({1, 4}), zeros({1}).requires_grad_());
       }},
      {"distribution_mean: expected logits [N,n], got [4]", [] { distribution_mean(zeros({4})); }},
  });
}
