#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A copy y of x with slices of `source` added: y[index[j]] += alpha * source[j] for dim 0, and likewise for
/// the others. `index` is int64 [n], `source` has x's shape but n along `dim`. Slices that meet are added in
/// the order of j. Its gradient with respect to `source` is `index_select`, and the other way round.
Tensor index_add(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source, double alpha = 1);

}  // namespace helder
