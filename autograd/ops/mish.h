#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x tanh(softplus(x)) (Misra, 2019).
Tensor mish(const Tensor& x);

}  // namespace helder
