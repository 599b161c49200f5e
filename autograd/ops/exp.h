#pragma once

#include "tensor/tensor.h"

namespace helder {

/// e^x, elementwise.
Tensor exp(const Tensor& x);

}  // namespace helder
