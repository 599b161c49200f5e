#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The variance over `dims`, or over all of them: the sum of squared distances from the mean, divided by
/// n - correction. A correction of 1 (Bessel) is PyTorch's default. Floating point only.
Tensor var(const Tensor& x, const Shape& dims = {}, int64_t correction = 1, bool keepdim = false);

}  // namespace helder
