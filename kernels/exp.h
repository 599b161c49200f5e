#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace helder::kernels {

// Functions made of e^x that have no branch and call no library, so that a loop over them becomes vector
// instructions; those of <cmath> take one number at a time. tests/kernels/exp_test.cpp measures their errors.

/// r = x - n ln 2, for one number or (V) a vector of them.
template <class T, class V>
constexpr V exp_rest(V x, V n) {
  // ln 2 in two parts: n times the first, which ends in zeros, is exact.
  constexpr bool wide = sizeof(T) == 8;
  constexpr T kLn2High = wide ? T(0x1.62e42fee00000p-1) : T(0x1.62e4p-1);
  constexpr T kLn2Low = wide ? T(0x1.a39ef35793c76p-33) : T(0x1.7f7d1cf79abcap-20);
  return (x - n * kLn2High) - n * kLn2Low;
}

/// (e^r - 1) / r = 1 + r/2 (1 + r/3 (1 + r/4 (...))) for |r| <= ln 2 / 2: a few terms of the Taylor series.
template <class T, class V>
constexpr V exp_series(V r) {
  if constexpr (sizeof(T) == 8) {
    constexpr T c[] = {
        1,          1. / 2,      1. / 6,       1. / 24,       1. / 120,       1. / 720,       1. / 5040,
        1. / 40320, 1. / 362880, 1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800};
    V sum = r * c[12] + c[11];
#pragma GCC unroll 16
    for (int k = 10; k >= 0; --k) {
      sum = sum * r + c[k];
    }
    return sum;
  } else {
    constexpr T c[] = {1, 1.f / 2, 1.f / 6, 1.f / 24, 1.f / 120, 1.f / 720, 1.f / 5040};
    V sum = r * c[6] + c[5];
#pragma GCC unroll 16
    for (int k = 4; k >= 0; --k) {
      sum = sum * r + c[k];
    }
    return sum;
  }
}

/// x = n ln 2 + r, with a whole n and |r| <= ln 2 / 2: then e^x = 2^n e^r.
template <class T>
struct ExpParts {
  static constexpr bool wide = sizeof(T) == 8;
  using Int = std::conditional_t<wide, int64_t, int32_t>;
  Int n;
  T r;

  /// x is cut to where the result is finite, or just beyond. NaN stays NaN, in r.
  constexpr explicit ExpParts(T x) {
    constexpr T kLargest = wide ? T(710) : T(89);      // from here on the result is infinite
    constexpr T kSmallest = wide ? T(-746) : T(-104);  // from here on it is 0
    x = x > kLargest ? kLargest : x;
    x = x < kSmallest ? kSmallest : x;
    // Adding 1.5 * 2^mantissa_bits leaves the nearest integer in the low bits of the sum.
    constexpr T kRound = static_cast<T>(Int{3} << (kMantissaBits - 1));
    const T shifted = x * T(1.4426950408889634074) + kRound;
    const T whole = shifted - kRound;
    n = std::bit_cast<Int>(shifted) - std::bit_cast<Int>(kRound);
    r = exp_rest<T>(x, whole);
  }

  constexpr T series() const { return exp_series<T>(r); }

  /// 2^n in two factors, first() and second(): alone it may lie outside the exponents that a number has.
  constexpr T first() const { return power(n >> 1); }
  constexpr T second() const { return power(n - (n >> 1)); }
  constexpr T inverse_of_second() const { return power((n >> 1) - n); }

 private:
  static constexpr int kMantissaBits = wide ? 52 : 23;
  static constexpr Int kBias = wide ? 1023 : 127;

  static constexpr T power(Int exponent) {
    return std::bit_cast<T>(static_cast<Int>((exponent + kBias) << kMantissaBits));
  }
};

/// e^x within 1.5 units in the last place, subnormal results, infinities and NaN included.
template <class T>
constexpr T fast_exp(T x) {
  const ExpParts<T> parts(x);
  return (parts.series() * parts.r + T(1)) * parts.first() * parts.second();
}

/// e^x for x <= 1, within 1.5 units in the last place; NaN for NaN. `fast_exp` without what the exponentials
/// of a softmax or of a bell curve do not need: no result is large, and one below the smallest normal number
/// (x < -87.3, or -708 for doubles) is 0.
template <class T>
constexpr T fast_exp_at_most_one(T x) {
  constexpr bool wide = sizeof(T) == 8;
  using Int = std::conditional_t<wide, int64_t, int32_t>;
  constexpr int kMantissaBits = wide ? 52 : 23;
  constexpr T kSmallest = wide ? T(-708.39) : T(-87.33);
  // As in ExpParts, the sum's low bits are the nearest integer n, here with the exponent's bias added.
  // Shifted up, they are the number 2^n.
  constexpr T kRound =
      static_cast<T>((Int{3} << (kMantissaBits - 1)) + (Int{1} << (8 * sizeof(T) - kMantissaBits - 2)) - 1);
  const T shifted = x * T(1.4426950408889634074) + kRound;
  using Bits = std::make_unsigned_t<Int>;
  const T power = std::bit_cast<T>(std::bit_cast<Bits>(shifted) << kMantissaBits);
  const T r = exp_rest<T>(x, shifted - kRound);
  const T result = (exp_series<T>(r) * r + T(1)) * power;
  return x < kSmallest ? T(0) : result;
}

/// e^x - 1 within 2.5 units in the last place, near 0 too, where fast_exp(x) - 1 would lose them.
///
/// 2^n e^r - 1 = 2^n (e^r - 1) + (2^n - 1) is rounded once; the factors of 2^n keep it from overflowing.
template <class T>
constexpr T fast_expm1(T x) {
  const ExpParts<T> parts(x);
  const T remainder = parts.series() * parts.r;
  return (remainder * parts.first() + (parts.first() - parts.inverse_of_second())) * parts.second();
}

/// 1 / (1 + e^-x) within 2.5 units in the last place (where e^-x overflows: 0).
template <class T>
constexpr T fast_sigmoid(T x) {
  return T(1) / (T(1) + fast_exp(-x));
}

/// tanh |x| = (1 - u) / (1 + u) with u = e^-2|x|, and x's sign. Near 0 the numerator is taken from
/// fast_expm1, which does not cancel; from |x| = 1/2 on it is 1 - 2u / (1 + u), which is exact near 1. Within
/// 3 units in the last place.
template <class T>
constexpr T fast_tanh(T x) {
  const T minus = x < T(0) ? x + x : T(-2) * x;
  const T u = fast_exp(minus);
  const bool small = minus > T(-1);
  const T fraction = (small ? -fast_expm1(minus) : T(2) * u) / (T(1) + u);
  const T y = small ? fraction : T(1) - fraction;
  return x < T(0) ? -y : y;
}

/// ln(1 + e^x) within 4 units in the last place; x itself where e^x overflows.
///
/// = max(x, 0) + ln(1 + u) with u = e^-|x| in (0, 1], and ln(1 + u) = 2 atanh s = 2 (s + s^3/3 + s^5/5 + ...)
/// with s = u / (2 + u) <= 1/3.
template <class T>
constexpr T fast_softplus(T x) {
  constexpr int kTerms = sizeof(T) == 8 ? 18 : 8;
  const T u = fast_exp(x < T(0) ? x : -x);
  const T s = u / (T(2) + u);
  const T square = s * s;
  T sum = T(1) / T(2 * kTerms - 1);
#pragma GCC unroll 32
  for (int k = kTerms - 2; k >= 0; --k) {
    sum = sum * square + T(1) / T(2 * k + 1);
  }
  return T(2) * s * sum + (x > T(0) ? x : T(0));
}

}  // namespace helder::kernels
