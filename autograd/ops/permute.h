#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A view with all dimensions reordered: dimension i of the result is dimension dims[i] of x.
Tensor permute(const Tensor& x, const Shape& dims);

}  // namespace helder
