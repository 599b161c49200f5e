#pragma once

#include <cstring>
#include <type_traits>

#include "kernels/pool2d/pool2d.h"
#include "kernels/simd_interleave.h"
#include "tensor/parallel.h"

// Max pooling in windows of 2x2 side by side, which most small networks use and which memory alone should
// limit: each row is read once, in order, and a vector of windows is decided at a time. Private to
// max_pool2d_cpu.cpp.
namespace helder::kernels {

using simd::Vec;

/// An integer as wide as T, so that one vector mask serves values and taps.
template <class T>
using TapOf = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;

inline bool tiles_2x2(const Pool2dGeometry& g) {
  return g.kernel_h == 2 && g.kernel_w == 2 && g.stride_h == 2 && g.stride_w == 2 && g.pad_h == 0 &&
         g.pad_w == 0 && g.dilation_h == 1 && g.dilation_w == 1 && 2 * g.out_h <= g.in_h &&
         2 * g.out_w <= g.in_w;
}

// The taps of one vector of windows.
template <class T>
struct TapBytes {
  typedef uint8_t Bytes __attribute__((vector_size(simd::kLanes<T>)));
  typedef TapOf<T> Lanes __attribute__((vector_size(simd::kVectorBytes)));
};

// The first `count` of 2 * lanes numbers; the others are 0.
template <class T>
HELDER_INLINE void load_two(const T* p, int64_t count, Vec<T>& low, Vec<T>& high) {
  constexpr int64_t n = simd::kLanes<T>;
  low = count >= n ? simd::load(p) : simd::load_partial(p, count);
  high = count >= 2 * n ? simd::load(p + n) : count > n ? simd::load_partial(p + n, count - n) : Vec<T>{};
}

template <class T>
HELDER_INLINE void store_two(T* p, int64_t count, Vec<T> low, Vec<T> high) {
  constexpr int64_t n = simd::kLanes<T>;
  count >= n ? simd::store(p, low) : simd::store_partial(p, low, count);
  if (count > n) {
    count >= 2 * n ? simd::store(p + n, high) : simd::store_partial(p + n, high, count - n);
  }
}

// One row of outputs from two rows of inputs, a vector of windows at a time. `tap` may be null.
template <class T>
void forward_row_2x2(int64_t out_w, const T* top, const T* bottom, T* y, uint8_t* tap) {
  constexpr int64_t n = simd::kLanes<T>;
  for (int64_t c = 0; c < out_w; c += n) {
    const int64_t count = std::min(n, out_w - c);
    Vec<T> low, high, best, value[3];
    load_two(top + 2 * c, 2 * count, low, high);
    simd::deinterleave<T>(low, high, best, value[0]);
    load_two(bottom + 2 * c, 2 * count, low, high);
    simd::deinterleave<T>(low, high, value[1], value[2]);

    typename TapBytes<T>::Lanes at = {};
    for (int i = 0; i < 3; ++i) {
      const auto wins = (value[i] > best) | (value[i] != value[i]);
      best = wins ? value[i] : best;
      at = wins ? typename TapBytes<T>::Lanes{} + TapOf<T>(i + 1) : at;
    }
    count == n ? simd::store(y + c, best) : simd::store_partial(y + c, best, count);
    if (tap != nullptr) {
      const auto bytes = __builtin_convertvector(at, typename TapBytes<T>::Bytes);
      std::memcpy(tap + c, &bytes, static_cast<size_t>(count));
    }
  }
}

// Writes 2 out_w numbers of two rows of dx.
template <class T>
void backward_row_2x2(int64_t out_w, const T* dy, const uint8_t* tap, T* top, T* bottom) {
  constexpr int64_t n = simd::kLanes<T>;
  for (int64_t c = 0; c < out_w; c += n) {
    const int64_t count = std::min(n, out_w - c);
    typename TapBytes<T>::Bytes bytes = {};
    std::memcpy(&bytes, tap + c, static_cast<size_t>(count));
    const auto at = __builtin_convertvector(bytes, typename TapBytes<T>::Lanes);
    const Vec<T> d = count == n ? simd::load(dy + c) : simd::load_partial(dy + c, count);
    const Vec<T> zero = {};
    Vec<T> low, high;
    simd::interleave<T>(at == 0 ? d : zero, at == 1 ? d : zero, low, high);
    store_two(top + 2 * c, 2 * count, low, high);
    simd::interleave<T>(at == 2 ? d : zero, at == 3 ? d : zero, low, high);
    store_two(bottom + 2 * c, 2 * count, low, high);
  }
}

template <class T>
void forward_2x2(const Pool2dGeometry& g, const T* x, T* y, uint8_t* tap) {
  parallel_for(g.planes, g.grain(), [=, &g](int64_t begin, int64_t end) {
    for (int64_t row = begin * g.out_h; row < end * g.out_h; ++row) {
      const T* top = x + row / g.out_h * g.in_size() + row % g.out_h * 2 * g.in_w;
      const int64_t out = row * g.out_w;
      forward_row_2x2(g.out_w, top, top + g.in_w, y + out, tap == nullptr ? nullptr : tap + out);
    }
  });
}

template <class T>
void backward_2x2(const Pool2dGeometry& g, const T* dy, const uint8_t* tap, T* dx) {
  parallel_for(g.planes, g.grain(), [=, &g](int64_t begin, int64_t end) {
    if (2 * g.out_h < g.in_h || 2 * g.out_w < g.in_w) {  // a last row or column that no window covers
      std::fill(dx + begin * g.in_size(), dx + end * g.in_size(), T(0));
    }
    for (int64_t row = begin * g.out_h; row < end * g.out_h; ++row) {
      T* top = dx + row / g.out_h * g.in_size() + row % g.out_h * 2 * g.in_w;
      const int64_t out = row * g.out_w;
      backward_row_2x2(g.out_w, dy + out, tap + out, top, top + g.in_w);
    }
  });
}

}  // namespace helder::kernels
