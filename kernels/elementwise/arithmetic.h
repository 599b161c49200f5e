#pragma once

#include <cmath>
#include <type_traits>

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

struct Add {
  template <class T>
  constexpr T forward(T a, T b) const {
    return a + b;
  }
};

struct AddScaled {
  double alpha = 1;

  template <class T>
  constexpr T forward(T a, T b) const {
    return a + static_cast<T>(alpha) * b;
  }
};

struct Sub {
  template <class T>
  constexpr T forward(T a, T b) const {
    return a - b;
  }
};

struct Mul {
  template <class T>
  constexpr T forward(T a, T b) const {
    return a * b;
  }
};

struct Div {
  template <class T>
  constexpr T forward(T a, T b) const {
    return a / b;
  }
};

struct Pow {
  template <class T>
  constexpr T forward(T a, T b) const {
    return b == T(2) ? a * a : std::pow(a, b);
  }
};

// A NaN on either side wins, as in PyTorch.

struct Maximum {
  static constexpr const char* name = "maximum";

  template <class T>
  constexpr T forward(T a, T b) const {
    return a > b || a != a ? a : b;
  }
};

struct Minimum {
  static constexpr const char* name = "minimum";

  template <class T>
  constexpr T forward(T a, T b) const {
    return a < b || a != a ? a : b;
  }
};

}  // namespace helder::kernels
