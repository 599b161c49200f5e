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

/// `fast_exp_at_most_one` in each lane.
template <class T>
HELDER_INLINE Vec<T> exp_at_most_one(Vec<T> x) {
  constexpr bool wide = sizeof(T) == 8;
  using Int = typename IntOf<T>::type;
  constexpr int kMantissaBits = wide ? 52 : 23;
  constexpr T kSmallest = wide ? T(-708.39) : T(-87.33);
  constexpr T kRound =
      static_cast<T>((Int{3} << (kMantissaBits - 1)) + (Int{1} << (8 * sizeof(T) - kMantissaBits - 2)) - 1);
  const Vec<T> shifted = x * T(1.4426950408889634074) + kRound;
  const Vec<T> power = std::bit_cast<Vec<T>>(std::bit_cast<Vec<Int>>(shifted) << kMantissaBits);
  const Vec<T> r = exp_rest<T, Vec<T>>(x, shifted - kRound);
  const Vec<T> result = (exp_series<T>(r) * r + T(1)) * power;
  return x < kSmallest ? Vec<T>{} : result;
}

/// The same for one number, so that a formula can be compiled for both.
template <class T>
HELDER_INLINE T exp_at_most_one(T x) {
  return fast_exp_at_most_one(x);
}

}  // namespace helder::kernels::simd
