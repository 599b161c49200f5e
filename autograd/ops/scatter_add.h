#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A copy y of x with src added at the places that `index` names: for dim 1,
/// y[i][index[i][j][k]][k] += src[i][j][k], and likewise for the others. `index` is int64, has the rank of x
/// and of src, and is nowhere larger than src, nor, except along `dim`, than x. Summands that meet are added
/// in the order of j. Its gradient with respect to src is `gather`, and the other way round.
Tensor scatter_add(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& src);

}  // namespace helder
