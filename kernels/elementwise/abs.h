#pragma once

#include <cmath>

#include "kernels/elementwise/unary_cpu.h"

namespace helder::kernels {

/// y = |x|,  y' = sign(x), with 0 at 0.
struct Abs {
  static constexpr const char* name = "abs";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  T forward(T x) const {
    return x < T(0) ? -x : x;
  }
  template <class T>
  T derivative(T x) const {
    return x > T(0) ? T(1) : x < T(0) ? T(-1) : T(0);
  }
};

}  // namespace helder::kernels
