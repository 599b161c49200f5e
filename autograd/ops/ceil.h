#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The smallest whole number that is not below x. Its gradient is 0 everywhere.
Tensor ceil(const Tensor& x);

}  // namespace helder
