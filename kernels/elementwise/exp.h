#pragma once

#include "kernels/elementwise/functor.h"
#include "kernels/exp.h"

namespace helder::kernels {

/// y = e^x,  y' = y.
struct Exp {
  static constexpr const char* name = "exp";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  constexpr T forward(T x) const {
    return fast_exp(x);
  }
  template <class T>
  constexpr T derivative(T y) const {
    return y;
  }
};

}  // namespace helder::kernels
