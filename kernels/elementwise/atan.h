#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = the angle whose tangent is x, in radians,  y' = 1 / (1 + x^2).
struct Atan {
  static constexpr const char* name = "atan";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return std::atan(x);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return T(1) / (T(1) + x * x);
  }
};

}  // namespace helder::kernels
