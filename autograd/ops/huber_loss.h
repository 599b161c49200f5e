#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

/// With d = x - target: d^2 / 2 where |d| < delta, else delta (|d| - delta / 2) (Huber, "Robust estimation of
/// a location parameter", 1964): mse_loss for small errors, and a gradient of bounded size for large ones.
/// It is delta times smooth_l1_loss with beta = delta. Both have one shape, as for `mse_loss`; delta > 0.
Tensor huber_loss(const Tensor& x, const Tensor& target, Reduction reduction = Reduction::Mean,
                  double delta = 1);

}  // namespace helder
