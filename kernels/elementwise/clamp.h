#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = x, but at least low and at most high;  y' = 1 where low < x < high, else 0. NaN passes through.
struct Clamp {
  static constexpr const char* name = "clamp";
  static constexpr Keeps keeps = Keeps::Input;
  double low;
  double high;

  template <class T>
  constexpr T forward(T x) const {
    return x < static_cast<T>(low)    ? static_cast<T>(low)
           : x > static_cast<T>(high) ? static_cast<T>(high)
                                      : x;
  }
  template <class T>
  constexpr T derivative(T x) const {
    return x > static_cast<T>(low) && x < static_cast<T>(high) ? T(1) : T(0);
  }
};

}  // namespace helder::kernels
