#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The matrix product, with PyTorch's rules for dimensions: [..., M, K] x [..., K, N] -> [..., M, N], where
/// the leading dimensions broadcast. A vector of K elements counts as a row [1, K] on the left and a column
/// [K, 1] on the right, and the added dimension is dropped from the result. float32 and float64.
Tensor matmul(const Tensor& a, const Tensor& b);

}  // namespace helder
