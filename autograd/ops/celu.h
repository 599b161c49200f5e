#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x where x > 0, else alpha (e^(x / alpha) - 1): the slope at 0 is 1 for any alpha (Barron, 2017).
Tensor celu(const Tensor& x, double alpha = 1);

}  // namespace helder
