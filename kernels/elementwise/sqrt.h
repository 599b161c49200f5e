#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = x^(1/2),  y' = 1 / (2 y); infinite at 0.
struct Sqrt {
  static constexpr const char* name = "sqrt";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  constexpr T forward(T x) const {
    return std::sqrt(x);
  }
  template <class T>
  constexpr T derivative(T y) const {
    return T(0.5) / y;
  }
};

}  // namespace helder::kernels
