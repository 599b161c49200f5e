#pragma once

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

struct And {
  constexpr bool forward(bool a, bool b) const { return a && b; }
};

struct Or {
  constexpr bool forward(bool a, bool b) const { return a || b; }
};

struct Xor {
  constexpr bool forward(bool a, bool b) const { return a != b; }
};

struct Not {
  constexpr bool forward(bool x) const { return !x; }
};

}  // namespace helder::kernels
