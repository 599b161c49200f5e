#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Element k along `dim` is the sum of the elements up to and with k. bool, uint8 and int64 are summed in
/// int64.
Tensor cumsum(const Tensor& x, int64_t dim);

}  // namespace helder
