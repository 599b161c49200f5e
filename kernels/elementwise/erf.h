#pragma once

#include <numbers>

#include "kernels/elementwise/functor.h"
#include "kernels/normal.h"

namespace helder::kernels {

/// y = 2/sqrt(pi) integral of e^(-t^2) from 0 to x,  y' = 2/sqrt(pi) e^(-x^2).
struct Erf {
  static constexpr const char* name = "erf";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return fast_erf(x);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return T(2) * std::numbers::inv_sqrtpi_v<T> * fast_exp(-x * x);
  }
};

}  // namespace helder::kernels
