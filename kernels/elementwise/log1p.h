#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = ln(1 + x),  y' = 1 / (1 + x).
struct Log1p {
  static constexpr const char* name = "log1p";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return std::log1p(x);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return T(1) / (T(1) + x);
  }
};

}  // namespace helder::kernels
