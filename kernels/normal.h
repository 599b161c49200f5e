#pragma once

#include <cmath>
#include <numbers>

#include "kernels/exp.h"

namespace helder::kernels {

/// The standard normal at x: its density p(x) = e^(-x^2/2) / sqrt(2 pi), and its distribution P(x), the
/// integral of p up to x.
template <class T>
struct Normal {
  T density;
  T distribution;
};

/// Both from one power and without branches, so that loops over it become vector instructions. P is within 7
/// units in the last place, and x^2 / 2 units more in the lower tail, where (1 + erf) / 2 has no digit left.
///
/// P(-|x|) = e^(-x^2/2) t S(t) with t = a / (a + |x|). S is smooth on 0 < t <= 1; the coefficients of its
/// powers of t - center are those of its interpolation at Chebyshev nodes, computed by
/// scripts/fit_normal_tail.py.
template <class T>
constexpr Normal<T> fast_normal(T x) {
  constexpr bool wide = sizeof(T) == 8;
  constexpr T center = wide ? T(0.5) : T(0);
  constexpr T a = wide ? T(4) : T(2.9);
  const T t = a / (a + (x < T(0) ? -x : x));
  const T v = t - center;
  T s;
  if constexpr (wide) {
    constexpr T c[] = {
        0x1.82b4bb8c94dcep-3,  0x1.373e3a893c28ap-2,   0x1.8c6dbf2cfc2b2p-2,   0x1.7dff2bff683a4p-2,
        0x1.eec4cc3e4d695p-3,  0x1.ee2761047d0afp-5,   -0x1.c81719d5a383fp-5,  -0x1.ab825fc08cc83p-5,
        0x1.17a4ae71124e3p-7,  0x1.e4a4255290d9ep-6,   -0x1.001ebd0b1a991p-11, -0x1.26d096f9d52f3p-6,
        0x1.80b8e0723e80cp-11, 0x1.8d4acc3073b67p-7,   -0x1.51f7d868c9695p-9,  -0x1.1232f0f82407ap-7,
        0x1.237f529a70d94p-8,  0x1.4cb15980c6b22p-8,   -0x1.6d41c3f082610p-8,  -0x1.c9cb72bee59f9p-10,
        0x1.4d1497c0c32ccp-8,  -0x1.fba94fc9d17bcp-11, -0x1.51e4e87785578p-9,  0x1.7f47272793ea4p-10};
    s = c[23];
#pragma GCC unroll 32
    for (int k = 22; k >= 0; --k) {
      s = s * v + c[k];
    }
  } else {
    constexpr T c[] = {0x1.19b47cp-3f, 0x1.1a7f38p-3f,  0x1.e075e4p-4f, 0x1.c83236p-4f, -0x1.2afep-5f,
                       0x1.7c4e98p-3f, -0x1.13e714p-2f, 0x1.274bd4p-3f, -0x1.cca44ap-6f};
    s = c[8];
#pragma GCC unroll 16
    for (int k = 7; k >= 0; --k) {
      s = s * v + c[k];
    }
  }
  const T power = fast_exp_at_most_one(T(-0.5) * x * x);
  const T tail = power * t * s;
  constexpr T kInverseSqrt2Pi = std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>;
  return {kInverseSqrt2Pi * power, x < T(0) ? tail : T(1) - tail};
}

/// 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x. In float32 without branches, within 4 epsilons: x
/// times a polynomial in x^2 up to 1 (fitted with a relative error of 2e-9), from there on
/// 1 - 2 P(-sqrt(2) |x|).
template <class T>
constexpr T fast_erf(T x) {
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
    const T far = T(1) - T(2) * fast_normal(-std::numbers::sqrt2_v<T> * magnitude).distribution;
    return magnitude < T(1) ? x * near : x < T(0) ? -far : far;
  }
}

}  // namespace helder::kernels
