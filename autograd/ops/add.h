#pragma once

#include "tensor/tensor.h"

namespace helder {

/// a + b, broadcast; mixed types meet in the wider one.
Tensor add(const Tensor& a, const Tensor& b);
Tensor add(const Tensor& a, double b);

/// a += alpha * b in place, b broadcast to a's shape. Not recorded.
Tensor& add_(Tensor& a, const Tensor& b, double alpha = 1);

inline Tensor operator+(const Tensor& a, const Tensor& b) { return add(a, b); }
inline Tensor operator+(const Tensor& a, double b) { return add(a, b); }
inline Tensor operator+(double a, const Tensor& b) { return add(b, a); }

}  // namespace helder
