#pragma once

#include <utility>

#include "kernels/simd.h"

namespace helder::kernels::simd {

template <class T, int... Lane>
HELDER_INLINE void interleave_lanes(Vec<T> even, Vec<T> odd, Vec<T>& low, Vec<T>& high,
                                    std::integer_sequence<int, Lane...>) {
  constexpr int n = kLanes<T>;  // shuffle indices from n on mean lanes of the second argument
  low = __builtin_shufflevector(even, odd, (Lane / 2 + (Lane % 2 ? n : 0))...);
  high = __builtin_shufflevector(even, odd, (n / 2 + Lane / 2 + (Lane % 2 ? n : 0))...);
}

template <class T, int... Lane>
HELDER_INLINE void deinterleave_lanes(Vec<T> low, Vec<T> high, Vec<T>& even, Vec<T>& odd,
                                      std::integer_sequence<int, Lane...>) {
  even = __builtin_shufflevector(low, high, (2 * Lane)...);
  odd = __builtin_shufflevector(low, high, (2 * Lane + 1)...);
}

/// low, high = even[0] odd[0] even[1] odd[1] ..., as they would lie in memory.
template <class T>
HELDER_INLINE void interleave(Vec<T> even, Vec<T> odd, Vec<T>& low, Vec<T>& high) {
  interleave_lanes<T>(even, odd, low, high, std::make_integer_sequence<int, kLanes<T>>());
}

/// The reverse: the numbers in even places and those in odd places of low followed by high.
template <class T>
HELDER_INLINE void deinterleave(Vec<T> low, Vec<T> high, Vec<T>& even, Vec<T>& odd) {
  deinterleave_lanes<T>(low, high, even, odd, std::make_integer_sequence<int, kLanes<T>>());
}

}  // namespace helder::kernels::simd
