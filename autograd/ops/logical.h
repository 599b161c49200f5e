#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Logic, elementwise and broadcast, on any types: 0 is false, everything else (NaN too) is true. The result
/// is bool and has no gradient.
Tensor logical_and(const Tensor& a, const Tensor& b);
Tensor logical_or(const Tensor& a, const Tensor& b);
Tensor logical_xor(const Tensor& a, const Tensor& b);
Tensor logical_not(const Tensor& x);

}  // namespace helder
