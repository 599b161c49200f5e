#pragma once

#include <cmath>

#include "kernels/elementwise/unary_cpu.h"

namespace helder::kernels {

/// y = tanh x,  y' = 1 - y^2.
struct Tanh {
  static constexpr const char* name = "tanh";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  T forward(T x) const {
    return std::tanh(x);
  }
  template <class T>
  T derivative(T y) const {
    return T(1) - y * y;
  }
};

}  // namespace helder::kernels
