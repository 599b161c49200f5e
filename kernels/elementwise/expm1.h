#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = e^x - 1,  y' = y + 1.
struct Expm1 {
  static constexpr const char* name = "expm1";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  constexpr T forward(T x) const {
    return std::expm1(x);
  }
  template <class T>
  constexpr T derivative(T y) const {
    return y + T(1);
  }
};

}  // namespace helder::kernels
