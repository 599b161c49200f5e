#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = max(x, 0),  y' = 1 where y > 0, else 0. NaN passes through.
struct Relu {
  static constexpr const char* name = "relu";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  constexpr T forward(T x) const {
    return x < T(0) ? T(0) : x;
  }
  template <class T>
  constexpr T derivative(T y) const {
    return y > T(0) ? T(1) : T(0);
  }
};

}  // namespace helder::kernels
