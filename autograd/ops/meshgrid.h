#pragma once

#include <string_view>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// The coordinates of a grid, from those along its axes: vectors [n0], [n1], ... -> as many views [n0, n1,
/// ...], of which the i-th varies along dimension i alone. Scalars count as vectors of one element.
///
/// `indexing` is "ij", or "xy", which exchanges the first two dimensions of the results: for x and y
/// coordinates of pictures [rows, columns].
std::vector<Tensor> meshgrid(const std::vector<Tensor>& tensors, std::string_view indexing = "ij");

}  // namespace helder
