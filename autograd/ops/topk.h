#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The k largest or smallest elements along one dimension and where they were.
struct TopkResult {
  Tensor values;
  Tensor indices;  ///< int64, without gradient
};

/// The k largest elements along `dim`, or the smallest. NaN is the largest number. The best one comes first
/// when `sorted`; else they keep the order that they had in x. Of equal elements those that come first are
/// taken (PyTorch leaves that open). Any type. The gradient goes back to where each element was.
TopkResult topk(const Tensor& x, int64_t k, int64_t dim = -1, bool largest = true, bool sorted = true);

}  // namespace helder
