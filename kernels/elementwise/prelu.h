#pragma once

#include "kernels/elementwise/functor.h"

namespace helder::kernels {

/// y = x where x > 0, else w x.
struct Prelu {
  template <class T>
  constexpr T forward(T x, T w) const {
    return x > T(0) ? x : w * x;
  }
};

/// dy/dx = 1 where x > 0, else w.
struct PreluByInput {
  template <class T>
  constexpr T forward(T x, T w) const {
    return x > T(0) ? T(1) : w;
  }
};

/// dL/dw = dL/dy times 0 where x > 0, else x: the product, since dL/dy alone may be infinite.
struct PreluByWeight {
  template <class T>
  constexpr T forward(T x, T dy) const {
    return x > T(0) ? T(0) : x * dy;
  }
};

}  // namespace helder::kernels
