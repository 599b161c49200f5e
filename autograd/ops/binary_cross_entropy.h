#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

/// -target log p - (1 - target) log(1 - p), for probabilities p and targets in [0, 1] of one shape, float32
/// or float64; other values are an error. As in PyTorch no logarithm is taken below -100 and the slope is at
/// most 1e12, so that a p of exactly 0 or 1 gives finite numbers. Where p is a sigmoid's output use
/// `binary_cross_entropy_with_logits`, which needs no such bounds.
///
/// `weight`, a constant, broadcasts to the shape and multiplies the losses; a mean still divides by their
/// number.
Tensor binary_cross_entropy(const Tensor& p, const Tensor& target, const Tensor& weight = {},
                            Reduction reduction = Reduction::Mean);

}  // namespace helder
