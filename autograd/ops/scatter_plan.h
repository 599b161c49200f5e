#pragma once

// What gather, scatter and scatter_add share. Private to autograd/ops/.

#include "kernels/indexing/indexing.h"
#include "tensor/tensor.h"

namespace helder {

/// An index along `dim` of a tensor that may be larger than it elsewhere: checked, and laid out for the
/// kernels. Only the corner of the tensor within the index's sizes takes part, and all of it along `dim`.
struct ScatterPlan {
  Tensor index;  // int64, contiguous
  Shape corner;  // the sizes of the part that takes part
  kernels::IndexGeometry geometry;

  /// Throws unless `index` is int64, has the rank of `target`, is nowhere larger but along `dim`, and names
  /// elements that exist.
  ScatterPlan(const char* operation, const Shape& target, int64_t dim, const Tensor& index);
};

/// Throws unless `src` has x's type and rank, and is nowhere smaller than the index.
void check_scatter_source(const char* operation, const Tensor& x, const Tensor& index, const Tensor& src);

/// The first sizes[d] elements of each dimension d, as a view. Not recorded.
Tensor corner_view(const Tensor& x, const Shape& sizes);

}  // namespace helder
