#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x converted to another type; x itself when it has that type already. The gradient is converted back.
Tensor to(const Tensor& x, DType dtype);

/// x copied to a device; x itself when it is there. The gradient travels back.
Tensor to(const Tensor& x, Device device);

}  // namespace helder
