#pragma once

#include <cstdint>
#include <limits>

#include "kernels/simd.h"

/// What happens to a result between its last multiply-add and memory.
namespace helder::kernels {

/// y = min(max(leaky(scale[m] sum + shift[m] + residual), low), high),   m the row, or output channel, of the
/// sum, and leaky(v) = max(v, slope v)
///
/// While a sum is in a register this costs an instruction or two; a pass of its own over y, for a bias, a
/// batch norm, a shortcut or an activation, costs reading and writing it. A null pointer leaves its part out.
/// NaN passes through the limits.
template <class T>
struct Epilogue {
  const T* scale = nullptr;     ///< [rows]; null: 1
  const T* shift = nullptr;     ///< [rows]; null: 0
  const T* residual = nullptr;  ///< laid out like y; null: 0
  T slope = 1;                  ///< from 0 to 1, of negative numbers; 1: they stay
  T low = -std::numeric_limits<T>::infinity();
  T high = std::numeric_limits<T>::infinity();

  Epilogue() = default;
  Epilogue(const T* bias) : shift(bias) {}  // NOLINT: a bias alone is the usual one

  bool limits() const {
    return slope != 1 || low != -std::numeric_limits<T>::infinity() ||
           high != std::numeric_limits<T>::infinity();
  }
  bool empty() const { return scale == nullptr && shift == nullptr && residual == nullptr && !limits(); }

  /// The epilogue of what begins `rows` rows further on, `offset` numbers into y.
  Epilogue from(int64_t rows, int64_t offset) const {
    Epilogue e = *this;
    e.scale += scale ? rows : 0;
    e.shift += shift ? rows : 0;
    e.residual += residual ? offset : 0;
    return e;
  }
  T scale_of(int64_t row) const { return scale ? scale[row] : T(1); }
  T shift_of(int64_t row) const { return shift ? shift[row] : T(0); }

  HELDER_INLINE simd::Vec<T> limited(simd::Vec<T> v) const {
    const simd::Vec<T> least = simd::broadcast(low), most = simd::broadcast(high);
    const simd::Vec<T> less = v * simd::broadcast(slope);
    v = v < less ? less : v;
    v = v < least ? least : v;
    return v > most ? most : v;
  }
};

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
    simd::store_partial(y + i, end.limited(v), rest);
  }
}

}  // namespace helder::kernels
