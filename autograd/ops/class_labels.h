#pragma once

// What the losses with class labels share. Private to autograd/ops/.

#include "kernels/reduce/reduce.h"
#include "tensor/tensor.h"

namespace helder {

/// Scores of classes beside the labels that name the right ones, checked and laid out as [outer, classes,
/// inner] and [outer, inner].
struct ClassLabels {
  Tensor labels;  // int64, contiguous, of the shape of the losses: the scores' without the dimension of the
                  // classes
  kernels::ReduceGeometry geometry;
  int64_t counted;  // labels that are not ignored

  /// `scores` is [C], [N, C] or [N, C, d1, ...]. Throws, naming the position, when a label is neither
  /// `ignore_index` nor in [0, C).
  ClassLabels(const char* operation, const Tensor& scores, const Tensor& labels, int64_t ignore_index);
};

}  // namespace helder
