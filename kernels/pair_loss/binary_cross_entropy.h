#pragma once

#include <algorithm>
#include <cmath>

namespace helder::kernels {

/// x is a probability, and so is t:
///
///   loss = -t log x - (1 - t) log(1 - x), each logarithm no less than -100
///   dx = (x - t) / max(x (1 - x), 1e-12),  dt = log(1 - x) - log x
///
/// The bounds are PyTorch's: without them a confident mistake, x = 0 with t = 1, would give infinities.
struct BinaryCrossEntropy {
  static constexpr const char* name = "binary_cross_entropy";

  template <class T>
  constexpr T forward(T x, T t) const {
    const T log_x = std::max(std::log(x), T(-100));
    const T log_rest = std::max(std::log1p(-x), T(-100));
    return (t - T(1)) * log_rest - t * log_x;
  }
  template <class T>
  constexpr T dx(T x, T t) const {
    return (x - t) / std::max(x * (T(1) - x), T(1e-12f));
  }
  template <class T>
  constexpr T dt(T x, T /*t*/) const {
    return std::log1p(-x) - std::log(x);
  }
};

}  // namespace helder::kernels
