#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

/// 1 - cos(x1, x2) where the pair belongs together (target 1), max(0, cos(x1, x2) - margin) where it does not
/// (target -1). x1 and x2 are [N, D] with targets [N], or [D] with a scalar. Targets of other values are an
/// error (PyTorch gives them a loss of 0). The lengths are sqrt(|x|^2 + 1e-12), as in PyTorch.
Tensor cosine_embedding_loss(const Tensor& x1, const Tensor& x2, const Tensor& target, double margin = 0,
                             Reduction reduction = Reduction::Mean);

}  // namespace helder
