#pragma once

// What the losses with class labels share. Private to autograd/ops/.

#include "kernels/reduce/reduce.h"
#include "tensor/tensor.h"

namespace helder {

/// x as [outer, classes, inner]: the classes are dimension 1, or the only one.
kernels::ReduceGeometry class_geometry(const char* operation, const Tensor& scores);

/// The weights of the classes, [C], of the scores' type, contiguous; or undefined. Not differentiated.
Tensor class_weight(const char* operation, const Tensor& scores, const Tensor& weight);

/// Scores of classes beside the labels that name the right ones, checked and laid out as [outer, classes,
/// inner] and [outer, inner].
struct ClassLabels {
  Tensor labels;  // int64, contiguous, of the shape of the losses: the scores' without the dimension of the
                  // classes
  kernels::ReduceGeometry geometry;
  Tensor weight;   // [classes], contiguous, or undefined
  double counted;  // what a mean divides by: the labels that are not ignored, or their weights' sum

  /// `scores` is [C], [N, C] or [N, C, d1, ...]. Throws, naming the position, when a label is neither
  /// `ignore_index` nor in [0, C).
  ClassLabels(const char* operation, const Tensor& scores, const Tensor& labels, const Tensor& weight,
              int64_t ignore_index);
};

}  // namespace helder
