#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// x[i, j, ...] with tensors as indices: a copy of the places that they name.
///
///   index(x, {i})          rows i of x
///   index(x, {i, j})       x[i[k]][j[k]] for each k; i and j broadcast to each other
///   index(x, {{}, j})      x[:, j]: an undefined tensor takes the whole dimension
///   index(x, {mask})       where a bool mask, of the shape of x or of its first dimensions, is true
///
/// Indices are int64, and negative ones count from the end. The dimensions of the index tensors take the
/// place of those they index, or come first when those are not neighbours, as in NumPy.
Tensor index(const Tensor& x, const std::vector<Tensor>& indices);

}  // namespace helder
