#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

struct NllLossOptions {
  Tensor weight = {};  ///< [C], a constant: how much each class counts, in the mean's count too
  Reduction reduction = Reduction::Mean;
  int64_t ignore_index = -100;  ///< a label that counts for nothing, not for the mean's count either
};

/// -weight[target] log_p[target]: cross entropy for scores that are log-probabilities already. Shapes as for
/// `cross_entropy` with class indices; a mean divides by the sum of the targets' weights.
Tensor nll_loss(const Tensor& log_p, const Tensor& target, const NllLossOptions& options = {});

}  // namespace helder
