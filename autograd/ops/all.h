#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Whether no element along `dims`, or anywhere, is 0; true of none. NaN is not 0.
/// Any type; the result is bool, but uint8 for uint8 as in PyTorch, and has no gradient.
Tensor all(const Tensor& x, const Shape& dims = {}, bool keepdim = false);

}  // namespace helder
