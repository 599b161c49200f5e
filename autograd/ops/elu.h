#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x where x > 0, else alpha (e^x - 1) (Clevert et al., 2015).
Tensor elu(const Tensor& x, double alpha = 1);

}  // namespace helder
