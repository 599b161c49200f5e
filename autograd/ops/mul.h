#pragma once

#include "tensor/tensor.h"

namespace helder {

/// a * b elementwise, broadcast; mixed types meet in the wider one.
Tensor mul(const Tensor& a, const Tensor& b);
Tensor mul(const Tensor& a, double b);

/// a *= b in place. Not recorded.
Tensor& mul_(Tensor& a, double b);

inline Tensor operator*(const Tensor& a, const Tensor& b) { return mul(a, b); }
inline Tensor operator*(const Tensor& a, double b) { return mul(a, b); }
inline Tensor operator*(double a, const Tensor& b) { return mul(b, a); }

}  // namespace helder
