#pragma once

#include "tensor/tensor.h"

namespace helder {

/// y[i][j][k] = x[i][index[i][j][k]][k] for dim 1, and likewise for the others. `index` is int64, has the
/// rank of x and is nowhere larger, except along `dim`.
Tensor gather(const Tensor& x, int64_t dim, const Tensor& index);

}  // namespace helder
