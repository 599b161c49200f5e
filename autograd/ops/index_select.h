#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The entries of dimension `dim` that `index` (int64, one dimension) names, in its order; entries may
/// repeat.
Tensor index_select(const Tensor& x, int64_t dim, const Tensor& index);

}  // namespace helder
