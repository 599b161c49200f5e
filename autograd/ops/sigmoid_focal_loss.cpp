#include "autograd/ops/sigmoid_focal_loss.h"

#include "autograd/ops/pair_loss.h"
#include "kernels/pair_loss/sigmoid_focal_loss.h"

namespace helder {

Tensor sigmoid_focal_loss(const Tensor& x, const Tensor& target, const SigmoidFocalLossOptions& options) {
  check(options.alpha <= 1, "sigmoid_focal_loss: alpha must be in [0, 1], or negative for none, got {}",
        options.alpha);
  check(options.gamma >= 0, "sigmoid_focal_loss: gamma must not be negative, got {}", options.gamma);
  return pair_loss(x, target, options.reduction,
                   kernels::SigmoidFocalLoss{.alpha = options.alpha, .gamma = options.gamma});
}

}  // namespace helder
