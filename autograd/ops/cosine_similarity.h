#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The cosine of the angle between vectors along `dim`: x1 . x2 / (max(|x1|, eps) max(|x2|, eps)). The two
/// broadcast, float32 or float64; `dim` is one of the broadcast shape, and is gone from the result. A vector
/// shorter than eps counts as one of length eps, so that the cosine with the zero vector is 0.
///
/// Where the length is below eps the gradient is that of this formula; PyTorch's still differentiates the
/// length there.
Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, int64_t dim = 1, double eps = 1e-8);

}  // namespace helder
