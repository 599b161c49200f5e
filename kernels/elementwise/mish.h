#pragma once

#include "kernels/elementwise/functor.h"
#include "kernels/exp.h"

namespace helder::kernels {

/// y = x w,  w = tanh(ln(1 + e^x)).
///
/// With e = e^x, tanh of that logarithm is a fraction: w = n / (n + 2), n = e (e + 2); no logarithm is taken.
/// y' = w + 4 x e (1 + e) / (n + 2)^2. From x = 22 on, where n is above 1e19, w is 1 and y' is 1.
struct Mish {
  static constexpr const char* name = "mish";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    const T e = fast_exp(x);
    const T n = e * (e + T(2));
    return x > T(22) ? x : x * (n / (n + T(2)));
  }
  template <class T>
  constexpr T derivative(T x) const {
    const T e = fast_exp(x);
    const T n = e * (e + T(2));
    const T r = T(1) / (n + T(2));
    return x > T(22) ? T(1) : n * r + T(4) * x * e * (T(1) + e) * r * r;
  }
};

}  // namespace helder::kernels
