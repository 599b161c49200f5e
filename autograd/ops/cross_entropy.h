#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

struct CrossEntropyOptions {
  Reduction reduction = Reduction::Mean;
  double label_smoothing = 0;   ///< in [0, 1]: the share of the target that is spread evenly over all classes
  int64_t ignore_index = -100;  ///< a label that counts for nothing, not for the mean's count either
};

/// How surprised the softmax of `logits` is by the right classes: -log p[target], in nats, and with label
/// smoothing (Szegedy et al., 2016) the cross entropy with the softened target. `logits` is [C], [N, C] or
/// [N, C, d1, ...], float32 or float64; `target` holds class indices, int64 or uint8, in the shape of the
/// logits without C.
Tensor cross_entropy(const Tensor& logits, const Tensor& target, const CrossEntropyOptions& options = {});

}  // namespace helder
