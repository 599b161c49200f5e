#pragma once

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = 1 / x,  y' = -1 / x^2 = -y^2.
struct Reciprocal {
  static constexpr const char* name = "reciprocal";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  constexpr T forward(T x) const {
    return T(1) / x;
  }
  template <class T>
  constexpr T derivative(T y) const {
    return -y * y;
  }
};

}  // namespace helder::kernels
