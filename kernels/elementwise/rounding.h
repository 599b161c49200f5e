#pragma once

#include <cmath>
#include <type_traits>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

// Functions that are constant between jumps. They have no derivative(): it is 0, and needs no kernel. Whole
// numbers are what they are.

struct Floor {
  static constexpr const char* name = "floor";

  template <class T>
  constexpr T forward(T x) const {
    if constexpr (std::is_integral_v<T>) {
      return x;
    } else {
      return std::floor(x);
    }
  }
};

struct Ceil {
  static constexpr const char* name = "ceil";

  template <class T>
  constexpr T forward(T x) const {
    if constexpr (std::is_integral_v<T>) {
      return x;
    } else {
      return std::ceil(x);
    }
  }
};

/// Halves to the even neighbour, which is the processor's own way of rounding.
struct Round {
  static constexpr const char* name = "round";

  template <class T>
  constexpr T forward(T x) const {
    if constexpr (std::is_integral_v<T>) {
      return x;
    } else {
      return std::nearbyint(x);
    }
  }
};

struct Sign {
  static constexpr const char* name = "sign";

  template <class T>
  constexpr T forward(T x) const {
    if constexpr (std::is_unsigned_v<T>) {
      return static_cast<T>(x > T(0));
    } else {
      return static_cast<T>((x > T(0)) - (x < T(0)));
    }
  }
};

}  // namespace helder::kernels
