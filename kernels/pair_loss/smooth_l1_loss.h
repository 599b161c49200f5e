#pragma once

#include <cmath>

namespace helder::kernels {

/// With d = x - t, a parabola that goes over into a line of slope 1 at |d| = beta (Girshick, "Fast R-CNN",
/// 2015):
///
///   loss = d^2 / (2 beta) where |d| < beta, else |d| - beta / 2.   dx = d / beta, else sign(d);  dt = -dx.
///
/// beta > 0.
struct SmoothL1Loss {
  static constexpr const char* name = "smooth_l1_loss";
  double beta = 1;

  template <class T>
  constexpr T forward(T x, T t) const {
    const T b = static_cast<T>(beta);
    const T size = std::abs(x - t);
    return size < b ? T(0.5) * size * size / b : size - T(0.5) * b;
  }
  template <class T>
  constexpr T dx(T x, T t) const {
    const T b = static_cast<T>(beta);
    const T d = x - t;
    return d <= -b ? T(-1) : d >= b ? T(1) : d / b;
  }
  template <class T>
  constexpr T dt(T x, T t) const {
    return -dx(x, t);
  }
};

}  // namespace helder::kernels
