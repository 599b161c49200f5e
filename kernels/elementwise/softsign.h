#pragma once

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = x / (1 + |x|),  y' = 1 / (1 + |x|)^2.
struct Softsign {
  static constexpr const char* name = "softsign";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return x / (T(1) + (x < T(0) ? -x : x));
  }
  template <class T>
  constexpr T derivative(T x) const {
    const T r = T(1) / (T(1) + (x < T(0) ? -x : x));
    return r * r;
  }
};

}  // namespace helder::kernels
