#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The elements of x for which `mask`, a bool tensor, is true: a vector, in row-major order of the shape that
/// both broadcast to.
Tensor masked_select(const Tensor& x, const Tensor& mask);

}  // namespace helder
