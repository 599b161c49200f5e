#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A copy of x with the order of elements reversed along each of `dims`.
Tensor flip(const Tensor& x, const Shape& dims);

}  // namespace helder
