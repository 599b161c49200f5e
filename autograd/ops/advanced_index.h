#pragma once

// What index and index_put share. Private to autograd/ops/.

#include <vector>

#include "kernels/indexing/indexing.h"
#include "tensor/tensor.h"

namespace helder {

/// A list of index tensors, one for each leading dimension of a tensor, taken apart: which places of the
/// tensor it names.
///
/// The indexed dimensions are made neighbours and seen as one, [outer, size, inner]; the index tensors,
/// broadcast to each other, become one vector of positions along it.
struct AdvancedIndex {
  Shape order;         // the tensor's dimensions, those indexed side by side
  Shape result_shape;  // of x[indices]
  Tensor positions;    // int64 [geometry.count]
  kernels::IndexGeometry geometry;

  AdvancedIndex() = default;
  /// Undefined entries of `indices` take the whole dimension, negative indices count from the end, and a bool
  /// mask stands for the indices of its true elements. Throws when an index is out of range, or a mask does
  /// not fit its dimensions. Indices on the CPU are copied to x's device.
  AdvancedIndex(const char* operation, const Tensor& x, const std::vector<Tensor>& indices);

  /// x[indices], differentiable.
  Tensor pick(const Tensor& x) const;
};

}  // namespace helder
