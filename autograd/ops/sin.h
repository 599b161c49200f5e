#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The sine of x radians.
Tensor sin(const Tensor& x);

}  // namespace helder
