#pragma once

#include "kernels/elementwise/functor.h"
#include "kernels/exp.h"

namespace helder::kernels {

/// y = x s(x),  y' = s (1 + x (1 - s)),  s(x) = 1 / (1 + e^-x).
struct Silu {
  static constexpr const char* name = "silu";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return x / (T(1) + fast_exp(-x));
  }
  template <class T>
  constexpr T derivative(T x) const {
    const T s = fast_sigmoid(x);
    return s * (T(1) + x * (T(1) - s));
  }
};

}  // namespace helder::kernels
