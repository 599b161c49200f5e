#pragma once

#include "tensor/tensor.h"

namespace helder {

/// ln(1 + e^(beta x)) / beta, a smooth relu; x itself where beta x > threshold.
Tensor softplus(const Tensor& x, double beta = 1, double threshold = 20);

}  // namespace helder
