#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The elements along one dimension in order, and where they were.
struct SortResult {
  Tensor values;
  Tensor indices;  ///< int64, without gradient
};

/// x sorted along `dim`. NaN is the largest number. Of equal elements the one that came first stays first, in
/// either direction and whether or not `stable` asks for it. Any type. The gradient goes back to where each
/// element was.
SortResult sort(const Tensor& x, int64_t dim = -1, bool descending = false, bool stable = false);

/// The indices alone.
Tensor argsort(const Tensor& x, int64_t dim = -1, bool descending = false, bool stable = false);

}  // namespace helder
