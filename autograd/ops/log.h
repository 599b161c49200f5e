#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The natural logarithm; -inf at 0, NaN below.
Tensor log(const Tensor& x);

}  // namespace helder
