#pragma once

#include "autograd/ops/optional_data.h"
#include "tensor/tensor.h"

namespace helder {

/// What a loss does with the losses of its elements: their mean, their sum, or nothing.
enum class Reduction { Mean, Sum, None };

/// Private to the losses: `losses` reduced, not recorded. `count` is what a mean divides by: a number of
/// elements, or their total weight. A mean over nothing is NaN, as in PyTorch.
Tensor reduced(const Tensor& losses, Reduction reduction, double count);

/// Private to the losses that are made of other ops: the same, recorded, and a mean over all of `losses`.
Tensor reduce_recorded(const Tensor& losses, Reduction reduction);

/// d(reduced)/d(loss of one element).
inline double reduction_scale(Reduction reduction, double count) {
  return reduction == Reduction::Mean ? 1.0 / count : 1.0;
}

}  // namespace helder
