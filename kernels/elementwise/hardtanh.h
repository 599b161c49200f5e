#pragma once

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = x, but at least low and at most high;  y' = 0 at and beyond them, else 1.
struct Hardtanh {
  static constexpr const char* name = "hardtanh";
  static constexpr Keeps keeps = Keeps::Input;
  double low = -1;
  double high = 1;

  template <class T>
  constexpr T forward(T x) const {
    const T least = static_cast<T>(low), most = static_cast<T>(high);
    return x < least ? least : x > most ? most : x;
  }
  template <class T>
  constexpr T derivative(T x) const {
    return x <= static_cast<T>(low) || x >= static_cast<T>(high) ? T(0) : T(1);
  }
};

/// y = x between 0 and 6;  y' = 0 at and beyond them, else 1. Computed from y, which the next op keeps
/// anyway.
struct Relu6 {
  static constexpr const char* name = "relu6";
  static constexpr Keeps keeps = Keeps::Output;

  template <class T>
  constexpr T forward(T x) const {
    return x < T(0) ? T(0) : x > T(6) ? T(6) : x;
  }
  template <class T>
  constexpr T derivative(T y) const {
    return y <= T(0) || y >= T(6) ? T(0) : T(1);
  }
};

}  // namespace helder::kernels
