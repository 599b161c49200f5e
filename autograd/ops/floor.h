#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The largest whole number that is not above x. Its gradient is 0 everywhere.
Tensor floor(const Tensor& x);

}  // namespace helder
