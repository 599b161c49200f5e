#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A view of the diagonal of dim1 and dim2, as the last dimension; a positive `offset` lies above the main
/// diagonal.
Tensor diagonal(const Tensor& x, int64_t offset = 0, int64_t dim1 = 0, int64_t dim2 = 1);

}  // namespace helder
