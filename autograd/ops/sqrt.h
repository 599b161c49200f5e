#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The square root; NaN below 0.
Tensor sqrt(const Tensor& x);

}  // namespace helder
