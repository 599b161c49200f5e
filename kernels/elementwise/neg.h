#pragma once

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = -x,  y' = -1.
struct Neg {
  static constexpr const char* name = "neg";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return -x;
  }
  template <class T>
  constexpr T derivative(T) const {
    return T(-1);
  }
};

}  // namespace helder::kernels
