#pragma once

#include "tensor/tensor.h"

namespace helder {

/// e^x - 1, exact to the last digits near 0, where e^x - 1 would lose them.
Tensor expm1(const Tensor& x);

}  // namespace helder
