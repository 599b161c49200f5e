#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The smaller of a and b, elementwise and broadcast; NaN when either is NaN.
Tensor minimum(const Tensor& a, const Tensor& b);

}  // namespace helder
