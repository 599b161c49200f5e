#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Each channel of each picture of x [N, C, L], [N, C, H, W] or [N, C, D, H, W] brought to mean 0 and
/// variance 1 by itself, then scaled by `weight` and shifted by `bias`, both [C] and both optional (Ulyanov,
/// Vedaldi and Lempitsky, "Instance normalization: the missing ingredient for fast stylization", 2016).
///
/// With `use_input_stats`, `running_mean` and `running_var` [C], where defined, move in place by the share
/// `momentum` towards the mean over the batch of the pictures' means and variances (the latter divided by
/// n - 1). Without, they are what x is normalised with: that is `batch_norm` in evaluation.
Tensor instance_norm(const Tensor& x, const Tensor& running_mean = {}, const Tensor& running_var = {},
                     const Tensor& weight = {}, const Tensor& bias = {}, bool use_input_stats = true,
                     double momentum = 0.1, double eps = 1e-5);

}  // namespace helder
