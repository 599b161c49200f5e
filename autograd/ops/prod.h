#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The product of all elements, or of those along `dim`; 1 of none. bool, uint8 and int64 are multiplied in
/// int64. The gradient is right at zeros as well.
Tensor prod(const Tensor& x);
Tensor prod(const Tensor& x, int64_t dim, bool keepdim = false);

}  // namespace helder
