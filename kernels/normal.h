#pragma once

#include <cmath>
#include <numbers>

#include "kernels/exp.h"

namespace helder::kernels {

/// The standard normal at x: its density p(x) = e^(-x^2/2) / sqrt(2 pi) and its distribution P(x), the
/// integral of p up to x. One exponential gives both.
///
/// In float32, without branches: the tail P(-t) = e^(-t^2/2) q(t) for t >= 0, where q falls slowly from 1/2
/// towards 1 / (sqrt(2 pi) t). As a function of u = 1 / (1 + 0.35 t) in (0, 1] it is smooth, q = u s(u), and
/// s a polynomial, fitted with a relative error of 3e-8 for t up to 13.5, where the tail leaves the range of
/// float32. So small tails keep their digits, which 1 + erf(x / sqrt 2) does not.
template <class T>
struct Normal {
  T density, distribution;

  explicit Normal(T x) {
    const T power = fast_exp_at_most_one(T(-0.5) * x * x);
    density = power * (std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>);
    if constexpr (sizeof(T) == 8) {
      distribution = T(0.5) * std::erfc(-x / std::numbers::sqrt2_v<T>);
    } else {
      const T tail = power * tail_ratio(x < T(0) ? -x : x);
      distribution = x > T(0) ? T(1) - tail : tail;
    }
  }

  /// q(t) = P(-t) e^(t^2/2) for t >= 0, in float32.
  static T tail_ratio(T t) {
    constexpr T c[] = {0.139621569f, 0.139859096f,  0.119852343f, 0.105433286f,  -0.0229379168f,
                       0.158930358f, -0.255505437f, 0.143872623f, -0.0291259363f};
    const T u = T(1) / (T(1) + T(0.35) * t);
    T s = c[8];
#pragma GCC unroll 16
    for (int k = 7; k >= 0; --k) {
      s = s * u + c[k];
    }
    return u * s;
  }
};

/// 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. In float32 without branches, within 2 units in the
/// last place: x times a polynomial in x^2 up to 1, from there on 1 - 2 P(-sqrt(2) x).
template <class T>
inline T fast_erf(T x) {
  if constexpr (sizeof(T) == 8) {
    return std::erf(x);
  } else {
    constexpr T c[] = {1.12837917f,    -0.376126258f,    0.112835852f,    -0.0268538146f,
                       0.00518833048f, -0.000801020270f, 0.0000785384983f};
    const T square = x * x;
    T near = c[6];
#pragma GCC unroll 8
    for (int k = 5; k >= 0; --k) {
      near = near * square + c[k];
    }
    const T magnitude = x < T(0) ? -x : x;
    const T tail =
        fast_exp_at_most_one(-square) * Normal<T>::tail_ratio(std::numbers::sqrt2_v<T> * magnitude);
    const T far = T(1) - T(2) * tail;
    return magnitude < T(1) ? x * near : x < T(0) ? -far : far;
  }
}

}  // namespace helder::kernels
