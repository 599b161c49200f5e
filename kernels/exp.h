#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace helder::kernels {

/// e^(x - n ln 2) for x within ln 2 / 2 of n ln 2: one number, or (V) a vector of them.
template <class T, class V>
inline V exp_of_rest(V x, V n) {
  constexpr bool wide = sizeof(T) == 8;
  // ln 2 in two parts: n times the first, which ends in zeros, is exact.
  constexpr T kLn2High = wide ? T(0x1.62e42fee00000p-1) : T(0x1.62e4p-1);
  constexpr T kLn2Low = wide ? T(0x1.a39ef35793c76p-33) : T(0x1.7f7d1cf79abcap-20);
  const V r = (x - n * kLn2High) - n * kLn2Low;
  // 1 + r (1 + r/2 (1 + r/3 (...)))
  if constexpr (wide) {
    constexpr T c[] = {
        1,          1. / 2,      1. / 6,       1. / 24,       1. / 120,       1. / 720,       1. / 5040,
        1. / 40320, 1. / 362880, 1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800};
    V sum = r * c[12] + c[11];
#pragma GCC unroll 16
    for (int k = 10; k >= 0; --k) {
      sum = sum * r + c[k];
    }
    return sum * r + T(1);
  } else {
    constexpr T c[] = {1, 1.f / 2, 1.f / 6, 1.f / 24, 1.f / 120, 1.f / 720, 1.f / 5040};
    V sum = r * c[6] + c[5];
#pragma GCC unroll 16
    for (int k = 4; k >= 0; --k) {
      sum = sum * r + c[k];
    }
    return sum * r + T(1);
  }
}

/// e^x within 1.5 units in the last place, subnormal results, infinities and NaN included. Has no branch and
/// calls no library, so that a loop over it becomes vector instructions; std::exp takes one number at a time.
///
/// e^x = 2^n e^r with n = round(x / ln 2), so |r| <= ln 2 / 2, where a few terms of the Taylor series are
/// exact.
template <class T>
inline T fast_exp(T x) {
  constexpr bool wide = sizeof(T) == 8;
  using Int = std::conditional_t<wide, int64_t, int32_t>;
  constexpr int kMantissaBits = wide ? 52 : 23;
  constexpr Int kBias = wide ? 1023 : 127;
  constexpr T kLargest = wide ? T(710) : T(89);      // from here on the result is infinite
  constexpr T kSmallest = wide ? T(-746) : T(-104);  // from here on it is 0
  x = x > kLargest ? kLargest : x;
  x = x < kSmallest ? kSmallest : x;

  // Adding 1.5 * 2^mantissa_bits leaves the nearest integer in the low bits of the sum.
  constexpr T kRound = static_cast<T>(Int{3} << (kMantissaBits - 1));
  const T shifted = x * T(1.4426950408889634074) + kRound;
  const T n = shifted - kRound;
  const Int exponent = std::bit_cast<Int>(shifted) - std::bit_cast<Int>(kRound);

  const T sum = exp_of_rest<T>(x, n);

  // 2^n in two factors: alone it may lie outside the exponents that a number has.
  const Int half = exponent >> 1;
  const T first = std::bit_cast<T>(static_cast<Int>((half + kBias) << kMantissaBits));
  const T second = std::bit_cast<T>(static_cast<Int>((exponent - half + kBias) << kMantissaBits));
  return sum * first * second;
}

}  // namespace helder::kernels
