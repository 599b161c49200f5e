#pragma once

#include <cmath>

namespace helder::kernels {

/// x is log q and t is p:   loss = t (log t - x), and 0 where t = 0.   dx = -t,  dt = log t + 1 - x.
struct KlDiv {
  static constexpr const char* name = "kl_div";

  template <class T>
  constexpr T forward(T x, T t) const {
    return t == 0 ? T(0) : t * (std::log(t) - x);
  }
  template <class T>
  constexpr T dx(T /*x*/, T t) const {
    return -t;
  }
  template <class T>
  constexpr T dt(T x, T t) const {
    return std::log(t) + T(1) - x;
  }
};

/// x is log q and t is log p:   loss = e^t (t - x).   dx = -e^t,  dt = e^t (t - x + 1).
struct KlDivOfLogs {
  static constexpr const char* name = "kl_div";

  template <class T>
  constexpr T forward(T x, T t) const {
    return std::exp(t) * (t - x);
  }
  template <class T>
  constexpr T dx(T /*x*/, T t) const {
    return -std::exp(t);
  }
  template <class T>
  constexpr T dt(T x, T t) const {
    return std::exp(t) * (t - x + T(1));
  }
};

}  // namespace helder::kernels
