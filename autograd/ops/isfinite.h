#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Questions to each element; the answer is bool and has no gradient. All types: whole numbers are finite.
Tensor isnan(const Tensor& x);
Tensor isinf(const Tensor& x);
Tensor isfinite(const Tensor& x);

}  // namespace helder
