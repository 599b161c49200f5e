#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A copy y of x with src written at the places that `index` names: for dim 1,
/// y[i][index[i][j][k]][k] = src[i][j][k], and likewise for the others. `index` is int64, has the rank of x
/// and of src, and is nowhere larger than src, nor, except along `dim`, than x.
///
/// Where several elements go to one place the last one wins, and it alone gets that place's gradient.
/// (PyTorch leaves both open.)
Tensor scatter(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& src);

/// The same with one number for all places.
Tensor scatter(const Tensor& x, int64_t dim, const Tensor& index, double value);

}  // namespace helder
