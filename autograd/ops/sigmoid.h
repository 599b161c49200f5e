#pragma once

#include "tensor/tensor.h"

namespace helder {

/// 1 / (1 + e^-x).
Tensor sigmoid(const Tensor& x);

}  // namespace helder
