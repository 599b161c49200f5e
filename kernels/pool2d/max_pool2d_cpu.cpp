#include "kernels/pool2d/max_pool2d.h"

#include <bit>

#include "kernels/pool2d/max_pool2d_2x2.h"
#include "tensor/parallel.h"
#include "tensor/workspace.h"

namespace helder::kernels {
namespace {

// best[i] = max(best[i], x[i * stride]) for i in [0, count), and at[i] = place where it was: a vector of
// windows at a time, its numbers sorted out of two vectors where the stride is 2. `at` holds the bits of
// integers, so that one way of loading serves both.
template <int Stride, class T>
void take_up(const T* x, int64_t count, TapOf<T> place, T* best, T* at) {
  constexpr int64_t n = simd::kLanes<T>;
  using Lanes = typename TapBytes<T>::Lanes;
  for (int64_t i = 0; i < count; i += n) {
    const int64_t rest = std::min(n, count - i);
    Vec<T> value, odd;
    if constexpr (Stride == 1) {
      value = simd::load_partial(x + i, rest);
    } else {
      load_two(x + 2 * i, 2 * rest - 1, value, odd);
      simd::unzip<T>(value, odd);
    }
    const Vec<T> before = simd::load_partial(best + i, rest);
    Lanes seen = Lanes(simd::load_partial(at + i, rest));
    const Lanes wins = (value > before) | (value != value) | (seen < 0);
    simd::store_partial<T>(best + i, wins ? value : before, rest);
    seen = wins ? Lanes{} + place : seen;
    simd::store_partial<T>(at + i, Vec<T>(seen), rest);
  }
}

// Outputs c0 .. c0 + count - 1 of row r, tap by tap: the inner loop runs along the row.
template <class T>
void forward_piece(const Pool2dGeometry& g, const T* plane, int64_t r, int64_t c0, int64_t count, T* best,
                   T* at) {
  std::fill(best, best + count, T(0));
  std::fill(at, at + count, std::bit_cast<T>(TapOf<T>(-1)));  // nothing seen yet
  for (int64_t a = 0; a < g.kernel_h; ++a) {
    const int64_t row = r * g.stride_h - g.pad_h + a * g.dilation_h;
    if (row < 0 || row >= g.in_h) {
      continue;
    }
    for (int64_t b = 0; b < g.kernel_w; ++b) {
      const TapRange range(b, g.in_w, g.out_w, g.stride_w, g.pad_w, g.dilation_w);
      const TapOf<T> place = static_cast<TapOf<T>>(a * g.kernel_w + b);
      const int64_t begin = std::max(range.begin, c0), end = std::min(range.end, c0 + count);
      const T* x = plane + row * g.in_w + b * g.dilation_w - g.pad_w + begin * g.stride_w;
      if (g.stride_w == 1) {
        take_up<1>(x, end - begin, place, best + begin - c0, at + begin - c0);
      } else if (g.stride_w == 2) {
        take_up<2>(x, end - begin, place, best + begin - c0, at + begin - c0);
      } else {
        for (int64_t i = 0; i < end - begin; ++i) {
          T& most = best[begin - c0 + i];
          T& where = at[begin - c0 + i];
          const T value = x[i * g.stride_w];
          const bool wins = value > most || value != value || std::bit_cast<TapOf<T>>(where) < 0;
          most = wins ? value : most;
          where = wins ? std::bit_cast<T>(place) : where;
        }
      }
    }
  }
}

}  // namespace

template <class T, class Tap>
void max_pool2d_forward_cpu(const Pool2dGeometry& g, const T* x, T* y, Tap* tap) {
  if constexpr (sizeof(Tap) == 1) {
    if (tiles_2x2(g)) {
      return forward_2x2(g, x, y, tap);
    }
  }
  const int64_t grain = std::max<int64_t>(1, kElementGrain / (g.out_w * g.taps()));
  parallel_for(g.planes * g.out_h, grain, [=, &g](int64_t begin, int64_t end) {
    constexpr int64_t kPiece = 256;
    T best[kPiece];
    T at[kPiece];
    for (int64_t row = begin; row < end; ++row) {
      const T* plane = x + row / g.out_h * g.in_size();
      for (int64_t c0 = 0; c0 < g.out_w; c0 += kPiece) {
        const int64_t count = std::min(kPiece, g.out_w - c0);
        const int64_t out = row * g.out_w + c0;
        forward_piece(g, plane, row % g.out_h, c0, count, best, at);
        std::copy(best, best + count, y + out);
        if (tap != nullptr) {
          std::transform(at, at + count, tap + out,
                         [](T place) { return static_cast<Tap>(std::bit_cast<TapOf<T>>(place)); });
        }
      }
    }
  });
}

template <class Tap>
void max_pool2d_indices_cpu(const Pool2dGeometry& g, const Tap* tap, int64_t* index) {
  parallel_for(g.planes, g.grain(), [=, &g](int64_t begin, int64_t end) {
    for (int64_t row = begin * g.out_h; row < end * g.out_h; ++row) {
      const int64_t origin = row % g.out_h * g.stride_h * g.in_w;
      for (int64_t c = 0; c < g.out_w; ++c) {
        const int64_t t = static_cast<int64_t>(tap[row * g.out_w + c]);
        index[row * g.out_w + c] = origin + c * g.stride_w + g.tap_offset(t / g.kernel_w, t % g.kernel_w);
      }
    }
  });
}

template <class T, class Tap>
void max_pool2d_backward_cpu(const Pool2dGeometry& g, const T* dy, const Tap* tap, T* dx) {
  if constexpr (sizeof(Tap) == 1) {
    if (tiles_2x2(g)) {
      return backward_2x2(g, dy, tap, dx);
    }
  }
  const Workspace<int64_t> offsets(g.taps());
  for (int64_t t = 0; t < g.taps(); ++t) {
    offsets[t] = g.tap_offset(t / g.kernel_w, t % g.kernel_w);
  }
  parallel_for(g.planes, g.grain(), [=, &g, offset = offsets.data()](int64_t begin, int64_t end) {
    std::fill(dx + begin * g.in_size(), dx + end * g.in_size(), T(0));
    for (int64_t row = begin * g.out_h; row < end * g.out_h; ++row) {
      T* origin = dx + row / g.out_h * g.in_size() + row % g.out_h * g.stride_h * g.in_w;
      const T* dy_row = dy + row * g.out_w;
      const Tap* tap_row = tap + row * g.out_w;
      for (int64_t c = 0; c < g.out_w; ++c) {
        origin[c * g.stride_w + offset[tap_row[c]]] += dy_row[c];
      }
    }
  });
}

template void max_pool2d_forward_cpu(const Pool2dGeometry&, const float*, float*, uint8_t*);
template void max_pool2d_forward_cpu(const Pool2dGeometry&, const double*, double*, uint8_t*);
template void max_pool2d_forward_cpu(const Pool2dGeometry&, const float*, float*, int64_t*);
template void max_pool2d_forward_cpu(const Pool2dGeometry&, const double*, double*, int64_t*);
template void max_pool2d_indices_cpu(const Pool2dGeometry&, const uint8_t*, int64_t*);
template void max_pool2d_indices_cpu(const Pool2dGeometry&, const int64_t*, int64_t*);
template void max_pool2d_backward_cpu(const Pool2dGeometry&, const float*, const uint8_t*, float*);
template void max_pool2d_backward_cpu(const Pool2dGeometry&, const double*, const uint8_t*, double*);
template void max_pool2d_backward_cpu(const Pool2dGeometry&, const float*, const int64_t*, float*);
template void max_pool2d_backward_cpu(const Pool2dGeometry&, const double*, const int64_t*, double*);

}  // namespace helder::kernels
