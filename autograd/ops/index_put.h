#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// A copy y of x with y[indices] = values, or with y[indices] += values when `accumulate`. What `indices`
/// name is said at `index`; `values` has x's type and broadcasts to the shape of x[indices].
///
/// Where indices repeat: with `accumulate` all values are added, in their order; without, the last one wins,
/// and it alone gets that place's gradient. (PyTorch leaves the second case open.)
Tensor index_put(const Tensor& x, const std::vector<Tensor>& indices, const Tensor& values,
                 bool accumulate = false);

/// The same in x's own memory. Not recorded.
Tensor& index_put_(Tensor& x, const std::vector<Tensor>& indices, const Tensor& values,
                   bool accumulate = false);

}  // namespace helder
