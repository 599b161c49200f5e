#pragma once

#include "tensor/tensor.h"

namespace helder {

/// 1, -1, or 0 for 0 and, as in PyTorch, for NaN. Its gradient is 0 everywhere.
Tensor sign(const Tensor& x);

}  // namespace helder
