#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A view in which sizes of 1 are stretched and new dimensions appear in front; -1 keeps a size. No memory is
/// taken.
Tensor expand(const Tensor& x, const Shape& shape);

inline Tensor broadcast_to(const Tensor& x, const Shape& shape) { return expand(x, shape); }
inline Tensor expand_as(const Tensor& x, const Tensor& other) { return expand(x, other.shape()); }

}  // namespace helder
