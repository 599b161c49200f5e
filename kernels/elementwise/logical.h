#pragma once

#include "kernels/elementwise/binary_cpu.h"
#include "kernels/elementwise/unary_cpu.h"

namespace helder::kernels {

struct And {
  bool forward(bool a, bool b) const { return a && b; }
};

struct Or {
  bool forward(bool a, bool b) const { return a || b; }
};

struct Xor {
  bool forward(bool a, bool b) const { return a != b; }
};

struct Not {
  bool forward(bool x) const { return !x; }
};

}  // namespace helder::kernels
