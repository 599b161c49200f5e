#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

struct NllLossOptions {
  Reduction reduction = Reduction::Mean;
  int64_t ignore_index = -100;  ///< a label that counts for nothing, not for the mean's count either
};

/// -log_p[target]: cross entropy for scores that are log-probabilities already. Shapes as for
/// `cross_entropy`.
Tensor nll_loss(const Tensor& log_p, const Tensor& target, const NllLossOptions& options = {});

}  // namespace helder
