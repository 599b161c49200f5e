#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = x^(-1/2),  y' = -1/2 x^(-3/2) = -1/2 y^3.
struct Rsqrt {
  static constexpr const char* name = "rsqrt";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  constexpr T forward(T x) const {
    return T(1) / std::sqrt(x);
  }
  template <class T>
  constexpr T derivative(T y) const {
    return T(-0.5) * y * y * y;
  }
};

}  // namespace helder::kernels
