#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x, but at least 0 and at most 6; at and beyond them the gradient is 0.
Tensor relu6(const Tensor& x);

}  // namespace helder
