#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Each run of x [..., normalized_shape] brought to mean 0 and variance 1 by itself, then scaled by `weight`
/// and shifted by `bias`, both of the normalized shape and both optional (Ba, Kiros and Hinton, "Layer
/// normalization", 2016):
///
///   y = (x - mean) / sqrt(variance + eps) * weight + bias
///
/// `normalized_shape` is how x's shape ends: {features} for a transformer's tokens, {C, H, W} for whole
/// pictures. The variance is the one divided by n. float32 or float64.
Tensor layer_norm(const Tensor& x, const Shape& normalized_shape, const Tensor& weight = {},
                  const Tensor& bias = {}, double eps = 1e-5);

}  // namespace helder
