#pragma once

#include <cstdint>
#include <limits>

/// What happens to a result between its last multiply-add and memory. The CPU's vectors are in
/// kernels/epilogue_simd.h.
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
  constexpr Epilogue(const T* bias) : shift(bias) {}  // NOLINT: a bias alone is the usual one

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
  constexpr T scale_of(int64_t row) const { return scale ? scale[row] : T(1); }
  constexpr T shift_of(int64_t row) const { return shift ? shift[row] : T(0); }

  /// y[offset], which is in row `row`.
  constexpr T finished(T sum, int64_t row, int64_t offset) const {
    sum = sum * scale_of(row) + shift_of(row);
    sum = residual ? sum + residual[offset] : sum;
    const T less = sum * slope;
    sum = sum < less ? less : sum;
    sum = sum < low ? low : sum;
    return sum > high ? high : sum;
  }
};

}  // namespace helder::kernels
