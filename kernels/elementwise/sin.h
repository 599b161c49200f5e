#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = sin x,  y' = cos x.
struct Sin {
  static constexpr const char* name = "sin";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return std::sin(x);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return std::cos(x);
  }
};

}  // namespace helder::kernels
