#include "autograd/ops/box_iou_loss.h"

#include "autograd/gradcheck.h"
#include "autograd/ops/add.h"
#include "autograd/ops/div.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sub.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

namespace {

using Loss = Tensor (*)(const Tensor&, const Tensor&, const BoxIouLossOptions&);

// The rows of the table that all four losses have.
template <Loss f>
void add_cases(std::vector<OpCase>& cases, const std::array<const char*, 8>& names, int flags = 0) {
  cases.push_back({names[0], [](In x) { return f(x[0], x[1], {.reduction = Reduction::Mean}); }, flags});
  cases.push_back({names[1], [](In x) { return f(x[0], x[1], {.reduction = Reduction::Sum}); }, flags});
  for (const size_t plain : {2, 3, 4, 6}) {
    cases.push_back({names[plain], [](In x) { return f(x[0], x[1], {}); }, flags});
  }
  if (names[5] != nullptr) {
    cases.push_back({names[5], [](In x) { return f(x[0], x[1], {.eps = 0.5}); }, flags});
  }
  if (names[7] != nullptr) {
    cases.push_back({names[7], [](In x) { return f(x[0], x[1], {.reduction = Reduction::Mean}); }, flags});
  }
}

}  // namespace

TEST_CASE("box_iou_loss: values and derivatives", "[ops][box_iou_loss]") {
  std::vector<OpCase> cases;
  add_cases<box_iou_loss>(cases, {"iou mean", "iou sum", "iou none", "iou places", "iou constant target",
                                  "iou eps", "iou no boxes", nullptr});
  add_cases<generalized_box_iou_loss>(
      cases, {"generalized mean", "generalized sum", "generalized none", "generalized places",
              "generalized constant target", "generalized eps", "generalized no boxes",
              "generalized no boxes mean"});
  add_cases<distance_box_iou_loss>(
      cases, {"distance mean", "distance sum", "distance none", "distance places", "distance constant target",
              "distance eps", "distance no boxes", "distance no boxes mean"});
  // Its alpha counts as constant: difference quotients would see it change. The next test holds it still.
  add_cases<complete_box_iou_loss>(
      cases,
      {"complete mean", "complete sum", "complete none", "complete places", "complete constant target",
       nullptr, "complete no boxes", "complete no boxes mean"},
      kNoQuotient);
  check_op("box_iou_loss", cases);
}

TEST_CASE("complete_box_iou_loss: its gradient is that of the loss with a constant alpha",
          "[ops][box_iou_loss][gradcheck]") {
  const Tensor a = tensor<double>({10, 20, 50, 45, 0, 0, 8, 9, 5, 5, 60, 70}).reshape({3, 4});
  const Tensor b = tensor<double>({22, 11, 61, 51, 40, 50, 57, 62, 20, 31, 33, 40}).reshape({3, 4});
  const Tensor alpha =
      (complete_box_iou_loss(a, b) - distance_box_iou_loss(a, b)) / box_aspect_distance(a, b);
  const auto held_still = [&](In x) {
    return distance_box_iou_loss(x[0], x[1]) + alpha * box_aspect_distance(x[0], x[1]);
  };
  Tensor x = a.clone().requires_grad_(), y = b.clone().requires_grad_();
  const GradcheckResult result = gradcheck(held_still, {x, y});
  INFO(result.message);
  CHECK(result);
  const Tensor cotangent = tensor<double>({0.5, -1.25, 0.75});
  const auto gradients = [&](const auto& f) {
    x.set_grad({}), y.set_grad({});
    f().backward(cotangent);
    return std::pair(x.grad().clone(), y.grad().clone());
  };
  const auto expected = gradients([&] { return held_still({x, y}); });
  const auto got = gradients([&] { return complete_box_iou_loss(x, y); });
  CHECK(first_difference(got.first, expected.first, 1e-12) == "");
  CHECK(first_difference(got.second, expected.second, 1e-12) == "");
}

TEST_CASE("box_iou_loss: errors", "[ops][box_iou_loss]") {
  check_errors({
      {"box_iou_loss: expected two rows of boxes [N,4], got [2,4] and [3,4]",
       [] {
         box_iou_loss(zeros({2, 4}), zeros({3, 4}));
       }},
      {"generalized_box_iou_loss: expected two rows of boxes [N,4], got [4] and [4]",
       [] { generalized_box_iou_loss(zeros({4}), zeros({4})); }},
      {"distance_box_iou_loss: boxes must both be float32 or float64, got float32 and float64",
       [] {
         distance_box_iou_loss(zeros({2, 4}), zeros({2, 4}, DType::Float64));
       }},
      {"complete_box_iou_loss: boxes must both be float32 or float64, got int64 and int64",
       [] {
         complete_box_iou_loss(zeros({2, 4}, DType::Int64), zeros({2, 4}, DType::Int64));
       }},
  });
}
