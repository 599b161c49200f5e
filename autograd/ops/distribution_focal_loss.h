#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

/// How surprised a distribution over the numbers 0, 1, ..., n - 1 is by a number between them: the cross
/// entropy with its two neighbours, each with the share that makes their mean the target (Li et al.,
/// "Generalized focal loss", NeurIPS 2020, equation 6):
///
///   loss = - (k + 1 - t) log p[k] - (t - k) log p[k + 1],   k = floor(t),  p = softmax(logits)
///
/// With it a network says a distance as a distribution, whose mean is its answer: a blurred edge may be
/// uncertain, and the gradient is that of a classifier. `logits` is [N,n], float32 or float64, n at least 2;
/// `target` [N], of its type, in [0, n - 1], is a constant. Gives [N] without reduction.
Tensor distribution_focal_loss(const Tensor& logits, const Tensor& target,
                               Reduction reduction = Reduction::None);

/// The mean of each distribution, sum_k k p[k]: [N,n] -> [N].
Tensor distribution_mean(const Tensor& logits);

}  // namespace helder
