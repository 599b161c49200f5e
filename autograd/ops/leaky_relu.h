#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x where x > 0, else negative_slope * x (Maas et al., 2013).
Tensor leaky_relu(const Tensor& x, double negative_slope = 0.01);

}  // namespace helder
