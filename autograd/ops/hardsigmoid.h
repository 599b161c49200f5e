#pragma once

#include "tensor/tensor.h"

namespace helder {

/// clamp(x + 3, 0, 6) / 6.
Tensor hardsigmoid(const Tensor& x);

}  // namespace helder
