#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The largest elements along one dimension and where they were.
struct MaxResult {
  Tensor values;
  Tensor indices;  ///< int64, without gradient
};

/// The largest element along `dim`, the first one of equals; it alone receives the gradient.
MaxResult max(const Tensor& x, int64_t dim, bool keepdim = false);

/// The largest element over `dims`, or over all of them. Equals share the gradient evenly.
Tensor amax(const Tensor& x, const Shape& dims = {}, bool keepdim = false);
inline Tensor max(const Tensor& x) { return amax(x); }

}  // namespace helder
