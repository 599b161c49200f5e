#pragma once

#include "kernels/elementwise/binary_cpu.h"

namespace helder::kernels {

struct Equal {
  template <class T>
  bool forward(T a, T b) const {
    return a == b;
  }
};

struct NotEqual {
  template <class T>
  bool forward(T a, T b) const {
    return a != b;
  }
};

struct Less {
  template <class T>
  bool forward(T a, T b) const {
    return a < b;
  }
};

struct LessEqual {
  template <class T>
  bool forward(T a, T b) const {
    return a <= b;
  }
};

struct Greater {
  template <class T>
  bool forward(T a, T b) const {
    return a > b;
  }
};

struct GreaterEqual {
  template <class T>
  bool forward(T a, T b) const {
    return a >= b;
  }
};

}  // namespace helder::kernels
