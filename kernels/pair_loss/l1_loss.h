#pragma once

#include <cmath>

namespace helder::kernels {

/// loss = |x - t|.  dx = sign(x - t), with sign(0) = 0,  dt = -dx.
struct L1Loss {
  static constexpr const char* name = "l1_loss";

  template <class T>
  constexpr T forward(T x, T t) const {
    return std::abs(x - t);
  }
  template <class T>
  constexpr T dx(T x, T t) const {
    const T d = x - t;
    return d > 0 ? T(1) : d < 0 ? T(-1) : T(0);
  }
  template <class T>
  constexpr T dt(T x, T t) const {
    return -dx(x, t);
  }
};

}  // namespace helder::kernels
