#pragma once

#include "tensor/tensor.h"

namespace helder {

/// ln(1 + x), exact to the last digits near 0, where 1 + x would lose them.
Tensor log1p(const Tensor& x);

}  // namespace helder
