#pragma once

#include "kernels/elementwise/functor.h"
#include "kernels/exp.h"

namespace helder::kernels {

/// y = 1 / (1 + e^-x),  y' = y (1 - y).
struct Sigmoid {
  static constexpr const char* name = "sigmoid";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  constexpr T forward(T x) const {
    return fast_sigmoid(x);
  }
  template <class T>
  constexpr T derivative(T y) const {
    return y * (T(1) - y);
  }
};

}  // namespace helder::kernels
