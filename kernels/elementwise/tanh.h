#pragma once

#include "kernels/elementwise/functor.h"
#include "kernels/exp.h"

namespace helder::kernels {

/// y = tanh x,  y' = 1 - y^2.
struct Tanh {
  static constexpr const char* name = "tanh";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  constexpr T forward(T x) const {
    return fast_tanh(x);
  }
  template <class T>
  constexpr T derivative(T y) const {
    return T(1) - y * y;
  }
};

}  // namespace helder::kernels
