#pragma once

#include <cmath>

#include "kernels/elementwise/unary_cpu.h"

namespace helder::kernels {

/// y = 1 / (1 + e^-x),  y' = y (1 - y).
struct Sigmoid {
  static constexpr const char* name = "sigmoid";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  T forward(T x) const {
    return T(1) / (T(1) + std::exp(-x));
  }
  template <class T>
  T derivative(T y) const {
    return y * (T(1) - y);
  }
};

}  // namespace helder::kernels
