#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The cosine of x radians.
Tensor cos(const Tensor& x);

}  // namespace helder
