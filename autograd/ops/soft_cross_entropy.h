#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

/// Private to `cross_entropy`: its part for targets that are distributions over the classes. `target` has the
/// shape of `logits`, and is differentiated too.
Tensor soft_cross_entropy(const Tensor& logits, const Tensor& target, const Tensor& weight,
                          double label_smoothing, Reduction reduction);

}  // namespace helder
