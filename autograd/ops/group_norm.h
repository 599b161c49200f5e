#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x [N, C, ...] with the channels of each picture divided into `num_groups` groups of neighbours, each
/// brought to mean 0 and variance 1 by itself, whatever else is in the batch. Then each channel is scaled by
/// `weight` and shifted by `bias`, both [C] and both optional (Wu and He, "Group normalization", 2018).
///
/// One group is layer norm over C and the pixels, C groups are instance norm. float32 or float64.
Tensor group_norm(const Tensor& x, int64_t num_groups, const Tensor& weight = {}, const Tensor& bias = {},
                  double eps = 1e-5);

}  // namespace helder
