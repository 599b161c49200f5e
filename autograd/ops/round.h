#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The nearest whole number; halves go to the even one, as in IEEE 754: 0.5 to 0, 1.5 to 2. The gradient is
/// 0.
Tensor round(const Tensor& x);

}  // namespace helder
