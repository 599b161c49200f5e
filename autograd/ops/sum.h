#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The sum over `dims`, or over all of them. bool, uint8 and int64 are summed in int64.
Tensor sum(const Tensor& x, const Shape& dims = {}, bool keepdim = false);

}  // namespace helder
