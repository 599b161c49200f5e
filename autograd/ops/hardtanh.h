#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x, but at least `min_val` and at most `max_val`; at and beyond them the gradient is 0.
Tensor hardtanh(const Tensor& x, double min_val = -1, double max_val = 1);

}  // namespace helder
