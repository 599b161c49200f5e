#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/exp.h"

namespace helder::kernels {

/// Binary cross entropy in which what is already right counts little (Lin et al., "Focal loss for dense
/// object detection", 2017, equation 5). With s = sigmoid(x), ce = -t log s - (1 - t) log(1 - s) and the
/// distance from the target q = t (1 - s) + (1 - t) s:
///
///   a = alpha t + (1 - alpha) (1 - t), or 1 where alpha < 0
///   loss = a q^gamma ce
///   dx = a [q^gamma (s - t) + gamma q^(gamma - 1) (1 - 2 t) s (1 - s) ce]
///   dt = a [-q^gamma x + gamma q^(gamma - 1) (1 - 2 s) ce] + a' q^gamma ce,  a' = 2 alpha - 1 or 0
struct SigmoidFocalLoss {
  static constexpr const char* name = "sigmoid_focal_loss";
  double alpha = 0.25;
  double gamma = 2;

  template <class T>
  constexpr T forward(T x, T t) const {
    const Parts<T> parts(x, t);
    return balance(t) * power(parts.q) * parts.ce;
  }
  template <class T>
  constexpr T dx(T x, T t) const {
    const Parts<T> parts(x, t);
    const T of_q = slope(parts.q) * (T(1) - T(2) * t) * parts.s * parts.rest;
    return balance(t) * (power(parts.q) * ((T(1) - t) * parts.s - t * parts.rest) + of_q * parts.ce);
  }
  template <class T>
  constexpr T dt(T x, T t) const {
    const Parts<T> parts(x, t);
    const T of_q = slope(parts.q) * (parts.rest - parts.s);
    const T of_balance = alpha < 0 ? T(0) : static_cast<T>(2 * alpha - 1);
    return balance(t) * (of_q * parts.ce - power(parts.q) * x) + of_balance * power(parts.q) * parts.ce;
  }

 private:
  // All from e^-|x|, so that neither sigmoid is 1 minus the other, rounded.
  template <class T>
  struct Parts {
    T s, rest, ce, q;  // sigmoid(x), sigmoid(-x), cross entropy, distance from the target
    constexpr Parts(T x, T t) {
      const T e = fast_exp(-std::abs(x));
      const T large = T(1) / (T(1) + e);
      s = x >= 0 ? large : e * large;
      rest = x >= 0 ? e * large : large;
      ce = std::max(x, T(0)) - x * t + std::log1p(e);
      q = t * rest + (T(1) - t) * s;
    }
  };

  template <class T>
  constexpr T balance(T t) const {
    const T a = static_cast<T>(alpha);
    return alpha < 0 ? T(1) : a * t + (T(1) - a) * (T(1) - t);
  }
  // q^gamma
  template <class T>
  constexpr T power(T q) const {
    return gamma == 2 ? q * q : std::pow(q, static_cast<T>(gamma));
  }
  // gamma q^(gamma - 1). Where q is 0 the factors beside it vanish faster than it may grow.
  template <class T>
  constexpr T slope(T q) const {
    return gamma == 2 ? T(2) * q
           : q == 0   ? T(0)
                      : static_cast<T>(gamma) * std::pow(q, static_cast<T>(gamma - 1));
  }
};

}  // namespace helder::kernels
