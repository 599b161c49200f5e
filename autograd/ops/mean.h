#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The mean over `dims`, or over all of them; NaN over nothing. Floating point only.
Tensor mean(const Tensor& x, const Shape& dims = {}, bool keepdim = false);

}  // namespace helder
