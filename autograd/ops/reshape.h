#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x in another shape of as many elements, read in row-major order; one size may be -1. Shares storage where
/// the strides allow it, else copies.
Tensor reshape(const Tensor& x, const Shape& shape);

/// `reshape` that throws instead of copying.
Tensor view(const Tensor& x, const Shape& shape);

/// Dimensions start_dim to end_dim (both included) merged into one.
Tensor flatten(const Tensor& x, int64_t start_dim = 0, int64_t end_dim = -1);

}  // namespace helder
