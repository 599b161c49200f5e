#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

struct CrossEntropyOptions {
  Tensor weight = {};  ///< [C], a constant: how much each class counts
  Reduction reduction = Reduction::Mean;
  double label_smoothing = 0;   ///< in [0, 1]: the share of the target that is spread evenly over all classes
  int64_t ignore_index = -100;  ///< a label that counts for nothing, not for the mean's count either
};

/// How surprised the softmax of `logits` is by the target: - sum over k of q[k] weight[k] log p[k], in nats.
/// `logits` is [C], [N, C] or [N, C, d1, ...], float32 or float64. `target` is either
///
///  - class indices, int64 or uint8, in the shape of the logits without C: q is 1 at that class. A mean
///  divides
///    by the number of labels that are not ignored, or with weights by the sum of theirs;
///  - or q itself, in the shape and type of the logits: probabilities, for mixed or distilled targets. A mean
///    divides by the number of rows, N d1 ..., whatever the weights.
///
/// Label smoothing (Szegedy et al., 2016) takes q = (1 - s) q + s / C.
Tensor cross_entropy(const Tensor& logits, const Tensor& target, const CrossEntropyOptions& options = {});

}  // namespace helder
