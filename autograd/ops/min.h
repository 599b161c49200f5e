#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The smallest elements along one dimension and where they were.
struct MinResult {
  Tensor values;
  Tensor indices;  ///< int64, without gradient
};

/// The smallest element along `dim`, the first one of equals; it alone receives the gradient.
MinResult min(const Tensor& x, int64_t dim, bool keepdim = false);

/// The smallest element over `dims`, or over all of them. Equals share the gradient evenly.
Tensor amin(const Tensor& x, const Shape& dims = {}, bool keepdim = false);
inline Tensor min(const Tensor& x) { return amin(x); }

}  // namespace helder
