#pragma once

#include <string_view>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// Sums of products by Einstein's convention: each dimension of each operand gets a letter, and
///
///   einsum("bik,bkj->bij", {a, b})     y[b][i][j] = sum over k of a[b][i][k] b[b][k][j]
///
/// Letters that are not in the output are summed over. A letter twice in one operand takes the diagonal.
/// `...` stands for any further dimensions, which broadcast from the right; a dimension of size 1 stretches.
/// Without
/// `->` the output has the dimensions of `...` and then, in alphabetical order (capitals first), the letters
/// that occur once.
///
/// More than two operands are multiplied from left to right, and each sum is taken as soon as nothing else
/// needs its letter. No result on the way may have more than 8 dimensions. float32, float64 and int64; a
/// product of int64 tensors is made whole before it is summed.
Tensor einsum(std::string_view equation, const std::vector<Tensor>& operands);

}  // namespace helder
