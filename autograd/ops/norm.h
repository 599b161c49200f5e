#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The vector norm of the numbers along `dims`, or of all of them, as torch.linalg.vector_norm:
/// (sum of |x|^ord)^(1/ord) for any real `ord`; the largest and the smallest |x| for inf and -inf; the number
/// of those that are not 0 for 0. Floating point only.
///
/// Gradients at kinks are 0; numbers that share an extreme share its gradient evenly. Negative and infinite
/// `ord` have no norm of nothing.
Tensor norm(const Tensor& x, double ord = 2, const Shape& dims = {}, bool keepdim = false);

}  // namespace helder
