#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = cos x,  y' = -sin x.
struct Cos {
  static constexpr const char* name = "cos";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return std::cos(x);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return -std::sin(x);
  }
};

}  // namespace helder::kernels
