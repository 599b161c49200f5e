#pragma once

#include "tensor/tensor.h"

namespace helder {

/// |x|. The gradient at 0 is 0.
Tensor abs(const Tensor& x);

}  // namespace helder
