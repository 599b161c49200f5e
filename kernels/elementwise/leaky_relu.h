#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = x where x > 0, else slope * x;  y' = 1 or slope.
struct LeakyRelu {
  static constexpr const char* name = "leaky_relu";
  static constexpr Keeps keeps = Keeps::Input;
  double negative_slope;

  template <class T>
  constexpr T forward(T x) const {
    return x > T(0) ? x : x * static_cast<T>(negative_slope);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return x > T(0) ? T(1) : static_cast<T>(negative_slope);
  }
};

}  // namespace helder::kernels
