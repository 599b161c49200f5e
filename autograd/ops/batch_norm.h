#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Each channel of x [N, C], [N, C, L] or [N, C, H, W] brought to mean 0 and variance 1, then scaled by
/// `weight` and shifted by `bias`, both [C] and both optional (Ioffe and Szegedy, 2015).
///
/// When `training`, mean and variance are those of x, and `running_mean` and `running_var`, where defined,
/// move towards them in place by the share `momentum` (the variance divided by n - 1, as in PyTorch). Else
/// they are what x is normalised with, and must be defined.
Tensor batch_norm(const Tensor& x, const Tensor& running_mean, const Tensor& running_var,
                  const Tensor& weight = {}, const Tensor& bias = {}, bool training = false,
                  double momentum = 0.1, double eps = 1e-5);

}  // namespace helder
