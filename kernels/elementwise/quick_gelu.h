#pragma once

#include "kernels/elementwise/functor.h"
#include "kernels/exp.h"

namespace helder::kernels {

/// y = x s(a x),  y' = s + a x s (1 - s),  s(u) = 1 / (1 + e^-u),  a = 1.702.
struct QuickGelu {
  static constexpr const char* name = "quick_gelu";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return x / (T(1) + fast_exp(T(-1.702) * x));
  }
  template <class T>
  constexpr T derivative(T x) const {
    const T u = T(1.702) * x;
    const T s = fast_sigmoid(u);
    return s * (T(1) + u * (T(1) - s));
  }
};

}  // namespace helder::kernels
