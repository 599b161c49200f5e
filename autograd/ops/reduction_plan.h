#pragma once

// What the reductions share. Private to autograd/ops/.

#include "kernels/reduce/reduce.h"
#include "tensor/tensor.h"

namespace helder {

/// A tensor prepared for reduction over some dimensions: laid out as [outer, n, inner] with n the reduced
/// elements.
struct ReductionPlan {
  Tensor x;  // contiguous; copied when the reduced dimensions are not neighbours
  kernels::ReduceGeometry geometry;
  Shape keepdim_shape;  // x's shape with 1 for each reduced dimension
  Shape result_shape;   // what the caller asked for: with keepdim or without

  /// No dims means all of them. A dimension named twice is an error.
  ReductionPlan(const char* operation, const Tensor& x, const Shape& dims, bool keepdim);
};

}  // namespace helder
