#pragma once

#include "tensor/tensor.h"

namespace helder {

/// a to the power b elementwise, broadcast.
Tensor pow(const Tensor& a, const Tensor& b);
Tensor pow(const Tensor& a, double b);

}  // namespace helder
