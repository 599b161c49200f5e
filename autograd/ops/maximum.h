#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The larger of a and b, elementwise and broadcast; NaN when either is NaN.
Tensor maximum(const Tensor& a, const Tensor& b);

}  // namespace helder
