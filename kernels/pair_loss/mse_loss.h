#pragma once

namespace helder::kernels {

/// loss = (x - t)^2.  dx = 2 (x - t),  dt = -dx.
struct MseLoss {
  static constexpr const char* name = "mse_loss";

  template <class T>
  constexpr T forward(T x, T t) const {
    return (x - t) * (x - t);
  }
  template <class T>
  constexpr T dx(T x, T t) const {
    return T(2) * (x - t);
  }
  template <class T>
  constexpr T dt(T x, T t) const {
    return -dx(x, t);
  }
};

}  // namespace helder::kernels
