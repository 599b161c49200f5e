#pragma once

#include "tensor/tensor.h"

namespace helder {

/// 1 / sqrt(x): infinite at 0, NaN below.
Tensor rsqrt(const Tensor& x);

}  // namespace helder
