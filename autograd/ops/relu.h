#pragma once

#include "tensor/tensor.h"

namespace helder {

/// max(x, 0) (Nair and Hinton, 2010). The gradient at 0 is 0.
Tensor relu(const Tensor& x);

}  // namespace helder
