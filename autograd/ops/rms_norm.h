#pragma once

#include <optional>

#include "tensor/tensor.h"

namespace helder {

/// Each run of x [..., normalized_shape] divided by its root mean square, then scaled by `weight`, which has
/// the normalized shape and is optional (Zhang and Sennrich, "Root mean square layer normalization", 2019):
///
///   y = x / sqrt(mean of x^2 + eps) * weight
///
/// Unlike `layer_norm` it does not subtract the mean. Without `eps` it is the distance from 1 to the next
/// number of x's type (1.2e-7 for float32), as in PyTorch. float32 or float64.
Tensor rms_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight = {},
                std::optional<double> eps = {});

}  // namespace helder
