#pragma once

#include <cmath>
#include <limits>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

struct IsNan {
  template <class T>
  constexpr bool forward(T x) const {
    return x != x;
  }
};

struct IsInf {
  template <class T>
  constexpr bool forward(T x) const {
    return std::abs(x) == std::numeric_limits<T>::infinity();
  }
};

struct IsFinite {
  template <class T>
  constexpr bool forward(T x) const {
    return std::abs(x) < std::numeric_limits<T>::infinity();  // false for NaN
  }
};

}  // namespace helder::kernels
