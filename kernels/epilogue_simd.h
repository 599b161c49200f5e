#pragma once

#include "kernels/epilogue.h"
#include "kernels/simd.h"

namespace helder::kernels {

template <class T>
HELDER_INLINE simd::Vec<T> limited(const Epilogue<T>& end, simd::Vec<T> v) {
  const simd::Vec<T> least = simd::broadcast(end.low), most = simd::broadcast(end.high);
  const simd::Vec<T> less = v * simd::broadcast(end.slope);
  v = v < less ? less : v;
  v = v < least ? least : v;
  return v > most ? most : v;
}

/// y[0 .. count) = the epilogue of sums[0 .. count), which belong to its first row.
template <class T>
HELDER_INLINE void finish_run(const T* sums, int64_t count, const Epilogue<T>& end, T* y) {
  if (end.empty()) {
    return simd::copy(sums, count, y);
  }
  const simd::Vec<T> scale = simd::broadcast(end.scale_of(0)), shift = simd::broadcast(end.shift_of(0));
  for (int64_t i = 0; i < count; i += simd::kLanes<T>) {
    const int64_t rest = count - i < simd::kLanes<T> ? count - i : simd::kLanes<T>;
    simd::Vec<T> v = simd::load_partial(sums + i, rest) * scale + shift;
    if (end.residual != nullptr) {
      v += simd::load_partial(end.residual + i, rest);
    }
    simd::store_partial(y + i, limited(end, v), rest);
  }
}

}  // namespace helder::kernels
