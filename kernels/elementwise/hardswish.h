#pragma once

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = x clamp(x + 3, 0, 6) / 6;  y' = 0 up to -3, 1 from 3 on, x/3 + 1/2 between.
struct Hardswish {
  static constexpr const char* name = "hardswish";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    const T u = x + T(3);
    return x * (u < T(0) ? T(0) : u > T(6) ? T(6) : u) / T(6);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return x <= T(-3) ? T(0) : x < T(3) ? x / T(3) + T(0.5) : T(1);
  }
};

}  // namespace helder::kernels
