#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = |x|,  y' = sign(x), with 0 at 0.
struct Abs {
  static constexpr const char* name = "abs";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return x < T(0) ? -x : x;
  }
  template <class T>
  constexpr T derivative(T x) const {
    return x > T(0) ? T(1) : x < T(0) ? T(-1) : T(0);
  }
};

}  // namespace helder::kernels
