#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

struct SigmoidFocalLossOptions {
  double alpha =
      0.25;          ///< the weight of positive targets, 1 - alpha that of negative ones; none when negative
  double gamma = 2;  ///< how fast the weight falls with the distance to the target; 0: not at all
  Reduction reduction = Reduction::None;
};

/// Binary cross entropy of sigmoid(x), times q^gamma, where q = |target - sigmoid(x)| for targets of 0 and 1
/// (Lin et al., "Focal loss for dense object detection", 2017): among a hundred thousand anchors the few that
/// are wrong decide. As torchvision.ops.sigmoid_focal_loss, and with its default, no reduction. `x` and
/// `target` have one shape, float32 or float64.
Tensor sigmoid_focal_loss(const Tensor& x, const Tensor& target, const SigmoidFocalLossOptions& options = {});

}  // namespace helder
