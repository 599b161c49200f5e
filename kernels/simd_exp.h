#pragma once

#include <bit>
#include <cstdint>

#include "kernels/exp.h"
#include "kernels/simd.h"

namespace helder::kernels::simd {

/// Integers as wide as T, for its bits.
template <class T>
struct IntOf {
  using type = int32_t;
};
template <>
struct IntOf<double> {
  using type = int64_t;
};

/// e^x in each lane, for x <= 1, within 1.5 units in the last place; NaN for NaN. `fast_exp` without what
/// the exponentials of a softmax do not need: no result is large, and one below the smallest normal number
/// (x < -87.3, or -708 for doubles) is 0.
template <class T>
HELDER_INLINE Vec<T> exp_at_most_one(Vec<T> x) {
  constexpr bool wide = sizeof(T) == 8;
  using Int = typename IntOf<T>::type;
  constexpr int kMantissaBits = wide ? 52 : 23;
  constexpr T kSmallest = wide ? T(-708.39) : T(-87.33);
  // As in fast_exp, the sum's low bits are the nearest integer n, here with the exponent's bias added.
  // Shifted up, they are the number 2^n.
  constexpr T kRound =
      static_cast<T>((Int{3} << (kMantissaBits - 1)) + (Int{1} << (8 * sizeof(T) - kMantissaBits - 2)) - 1);
  const Vec<T> shifted = x * T(1.4426950408889634074) + kRound;
  const Vec<T> power = std::bit_cast<Vec<T>>(std::bit_cast<Vec<Int>>(shifted) << kMantissaBits);
  const Vec<T> r = exp_rest<T, Vec<T>>(x, shifted - kRound);
  const Vec<T> result = (exp_series<T>(r) * r + T(1)) * power;
  return x < kSmallest ? Vec<T>{} : result;
}

}  // namespace helder::kernels::simd
