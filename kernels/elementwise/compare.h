#pragma once

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

struct Equal {
  template <class T>
  constexpr bool forward(T a, T b) const {
    return a == b;
  }
};

struct NotEqual {
  template <class T>
  constexpr bool forward(T a, T b) const {
    return a != b;
  }
};

struct Less {
  template <class T>
  constexpr bool forward(T a, T b) const {
    return a < b;
  }
};

struct LessEqual {
  template <class T>
  constexpr bool forward(T a, T b) const {
    return a <= b;
  }
};

struct Greater {
  template <class T>
  constexpr bool forward(T a, T b) const {
    return a > b;
  }
};

struct GreaterEqual {
  template <class T>
  constexpr bool forward(T a, T b) const {
    return a >= b;
  }
};

}  // namespace helder::kernels
