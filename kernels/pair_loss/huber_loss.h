#pragma once

#include <cmath>

namespace helder::kernels {

/// With d = x - t, the parabola of least squares that goes over into a line at |d| = delta (Huber, 1964):
///
///   loss = d^2 / 2 where |d| < delta, else delta (|d| - delta / 2).   dx = d clamped to [-delta, delta];
///   dt = -dx.
struct HuberLoss {
  static constexpr const char* name = "huber_loss";
  double delta = 1;

  template <class T>
  constexpr T forward(T x, T t) const {
    const T limit = static_cast<T>(delta);
    const T size = std::abs(x - t);
    return size < limit ? T(0.5) * size * size : limit * (size - T(0.5) * limit);
  }
  template <class T>
  constexpr T dx(T x, T t) const {
    const T limit = static_cast<T>(delta);
    const T d = x - t;
    return d <= -limit ? -limit : d >= limit ? limit : d;
  }
  template <class T>
  constexpr T dt(T x, T t) const {
    return -dx(x, t);
  }
};

}  // namespace helder::kernels
