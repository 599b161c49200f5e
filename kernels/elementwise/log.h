#pragma once

#include <cmath>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = ln x,  y' = 1 / x.
struct Log {
  static constexpr const char* name = "log";
  static constexpr Keeps keeps = Keeps::Input;

  template <class T>
  constexpr T forward(T x) const {
    return std::log(x);
  }
  template <class T>
  constexpr T derivative(T x) const {
    return T(1) / x;
  }
};

}  // namespace helder::kernels
