#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

/// With d = x - target: d^2 / (2 beta) where |d| < beta, else |d| - beta / 2 (Girshick, "Fast R-CNN", 2015,
/// section 2.3): an l1_loss without the kink, for boxes. Both have one shape, as for `mse_loss`; beta >= 0,
/// and 0 gives l1_loss.
Tensor smooth_l1_loss(const Tensor& x, const Tensor& target, Reduction reduction = Reduction::Mean,
                      double beta = 1);

}  // namespace helder
