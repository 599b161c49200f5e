#pragma once

#include "tensor/tensor.h"

namespace helder {

/// How often each whole number occurs in x: [n], int64 or uint8, none negative. The result has as many
/// elements as the largest number plus 1, and at least `minlength`.
///
/// With `weights` [n] the element for b is the sum of those weights whose x is b, in float32 if they are
/// float32, else in float64. Has no gradient.
Tensor bincount(const Tensor& x, const Tensor& weights = {}, int64_t minlength = 0);

}  // namespace helder
