#pragma once

#include "tensor/tensor.h"

namespace helder {

/// exp(x) along `dim`, divided by its sum along `dim`: positive numbers that add up to 1. float32 or float64.
Tensor softmax(const Tensor& x, int64_t dim);

}  // namespace helder
