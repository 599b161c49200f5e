#pragma once

#include <cmath>

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

/// y[o, i] = the norm of x[o, :, i], summed in double:
///
///   ord = 0            how many are not 0
///   ord = inf, -inf    the largest, the smallest |x|;  n > 0
///   any other p        (sum of |x|^p)^(1/p);  n > 0 where p < 0
template <class T>
void norm_forward_cpu(const ReduceGeometry& g, double ord, const T* x, T* y);
template <class T>
void norm_forward_cuda(const ReduceGeometry& g, double ord, const T* x, T* y);

// Derivatives of the norm y by one of its numbers x, for the loops of kernels/elementwise/. The sign of 0 is
// 0: there every norm has a kink, and gets 0 as its derivative.

template <class T>
constexpr T sign_of(T x) {
  return static_cast<T>((x > T(0)) - (x < T(0)));
}

/// p = 1: sign(x).
struct Norm1ByInput {
  template <class T>
  constexpr T forward(T x, T) const {
    return sign_of(x);
  }
};

/// p = 2: x / y.
struct Norm2ByInput {
  template <class T>
  constexpr T forward(T x, T y) const {
    return y == T(0) ? T(0) : x / y;
  }
};

/// Any p: sign(x) (|x| / y)^(p - 1).
struct NormByInput {
  double p;

  template <class T>
  constexpr T forward(T x, T y) const {
    return x == T(0) ? T(0) : sign_of(x) * std::pow(std::abs(x) / y, static_cast<T>(p - 1));
  }
};

/// ord = inf and -inf: sign(x) where |x| is y. A NaN counts as an extreme, with sign 0.
struct ExtremeNormByInput {
  template <class T>
  constexpr T forward(T x, T y) const {
    return std::abs(x) == y ? sign_of(x) : T(0);
  }
};

/// Whether x is one of those that share the derivative of an extreme norm.
struct IsExtreme {
  template <class T>
  constexpr T forward(T x, T y) const {
    return std::abs(x) == y || x != x ? T(1) : T(0);
  }
};

}  // namespace helder::kernels
