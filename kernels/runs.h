#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "kernels/simd.h"

/// Loops over a run, numbers that lie side by side in memory. A formula is written once, as a lambda over
/// `auto at`, and compiled twice: for whole vectors, and for the single numbers that are left at the end.
///
///   for_each_in_run<T>(n, [&](int64_t i, auto at) { at.store(y + i, at.load(x + i) * scale); });
namespace helder::kernels {

/// Access to a whole vector of lanes at a time.
template <class T>
struct VectorAccess {
  using Value = simd::Vec<T>;
  HELDER_INLINE static Value load(const T* p) { return simd::load(p); }
  HELDER_INLINE static void store(T* p, Value v) { simd::store(p, v); }
};

/// Access to one number at a time.
template <class T>
struct ScalarAccess {
  using Value = T;
  HELDER_INLINE static Value load(const T* p) { return *p; }
  HELDER_INLINE static void store(T* p, Value v) { *p = v; }
};

/// Calls body(i, access) for i = 0, lanes, 2 lanes, ... and then for each number that is left.
template <class T, class Body>
HELDER_INLINE void for_each_in_run(int64_t n, const Body& body) {
  int64_t i = 0;
  for (; i + simd::kLanes<T> <= n; i += simd::kLanes<T>) {
    body(i, VectorAccess<T>{});
  }
  for (; i < n; ++i) {
    body(i, ScalarAccess<T>{});
  }
}

/// Several sums over one run in one pass. `add(i, access, sums)` adds its terms to sums[0 .. kSums), which
/// are of access's type. Added in T for at most kSumBlock elements, spread over lanes, and then in double: an
/// error that does not grow with n, and an order that n alone decides.
inline constexpr int64_t kSumBlock = 1024;
template <class T, int kSums, class Add>
HELDER_INLINE std::array<double, kSums> sum_run(int64_t n, const Add& add) {
  constexpr int kChains = 4;  // independent sums hide the latency of an addition
  constexpr int64_t lanes = simd::kLanes<T>;
  std::array<double, kSums> total = {};
  for (int64_t begin = 0; begin < n; begin += kSumBlock) {
    const int64_t end = std::min(n, begin + kSumBlock);
    simd::Vec<T> chains[kChains][kSums] = {};
    T rest[kSums] = {};
    int64_t i = begin;
    for (; i + kChains * lanes <= end; i += kChains * lanes) {
#pragma GCC unroll 4
      for (int c = 0; c < kChains; ++c) {
        add(i + c * lanes, VectorAccess<T>{}, chains[c]);
      }
    }
    for (; i + lanes <= end; i += lanes) {
      add(i, VectorAccess<T>{}, chains[0]);
    }
    for (; i < end; ++i) {
      add(i, ScalarAccess<T>{}, rest);
    }
    for (int s = 0; s < kSums; ++s) {
      const simd::Vec<T> sum = (chains[0][s] + chains[1][s]) + (chains[2][s] + chains[3][s]);
      total[static_cast<size_t>(s)] += static_cast<double>(simd::sum<T>(sum) + rest[s]);
    }
  }
  return total;
}

/// The largest of a run's numbers, NaNs left out; -infinity of none.
template <class T>
HELDER_INLINE T largest_in_run(int64_t n, const T* x) {
  constexpr int kChains = 4;
  constexpr int64_t lanes = simd::kLanes<T>;
  constexpr T kLowest = -std::numeric_limits<T>::infinity();
  const auto larger = [](auto a, auto b) { return a > b ? a : b; };  // b where a is NaN
  simd::Vec<T> chains[kChains];
  for (simd::Vec<T>& chain : chains) {
    chain = simd::broadcast(kLowest);
  }
  int64_t i = 0;
  for (; i + kChains * lanes <= n; i += kChains * lanes) {
#pragma GCC unroll 4
    for (int c = 0; c < kChains; ++c) {
      chains[c] = larger(simd::load(x + i + c * lanes), chains[c]);
    }
  }
  for (; i + lanes <= n; i += lanes) {
    chains[0] = larger(simd::load(x + i), chains[0]);
  }
  T largest = simd::largest<T>(larger(larger(chains[0], chains[1]), larger(chains[2], chains[3])));
  for (; i < n; ++i) {
    largest = larger(x[i], largest);
  }
  return largest;
}

}  // namespace helder::kernels
