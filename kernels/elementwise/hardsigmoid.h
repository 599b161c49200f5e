#pragma once

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = clamp(x + 3, 0, 6) / 6;  y' = 1/6 where -3 < x < 3, else 0.
struct Hardsigmoid {
  static constexpr const char* name = "hardsigmoid";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    const T u = x + T(3);
    return (u < T(0) ? T(0) : u > T(6) ? T(6) : u) / T(6);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return x > T(-3) && x < T(3) ? T(1) / T(6) : T(0);
  }
};

}  // namespace helder::kernels
