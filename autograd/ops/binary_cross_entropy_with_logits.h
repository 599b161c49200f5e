#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

struct BinaryCrossEntropyWithLogitsOptions {
  Tensor weight =
      {};  ///< multiplies the losses; broadcasts to their shape. A mean still divides by their number.
  Reduction reduction = Reduction::Mean;
  Tensor pos_weight = {};  ///< p, multiplies the part of the positive targets; broadcasts as well
};

/// Binary cross entropy of sigmoid(x): -p target log sigmoid(x) - (1 - target) log sigmoid(-x), computed
/// without a logarithm of a rounded probability, so that it is exact and has a gradient for any x. `x` and
/// `target` have one shape, float32 or float64; targets are usually in [0, 1], which is not checked. Weights
/// are constants.
Tensor binary_cross_entropy_with_logits(const Tensor& x, const Tensor& target,
                                        const BinaryCrossEntropyWithLogitsOptions& options = {});

}  // namespace helder
