#include "kernels/grid_sample/grid_sample.h"

#include "kernels/grid_sample/taps.h"
#include "tensor/parallel.h"

namespace helder::kernels {
namespace {

constexpr int64_t kBlock = 64;     // pixels whose taps are found at a time, for all channels
constexpr int64_t kChannels = 16;  // of one image, in a task of the input's gradient

// The taps of some places of one image: tap k of place p is at offset[k][p] of each channel's plane.
template <class T, int Taps>
struct TapBlock {
  static constexpr int kCount = Taps * Taps;
  int64_t offset[kCount][kBlock];
  T weight[kCount][kBlock];

  void fill(const GridSampleGeometry& g, const T* grid, int64_t count) {
    for (int64_t p = 0; p < count; ++p) {
      const auto columns = axis_taps<T, Taps>(grid[2 * p], g.W, g.padding, g.align_corners);
      const auto rows = axis_taps<T, Taps>(grid[2 * p + 1], g.H, g.padding, g.align_corners);
      for (int k = 0; k < kCount; ++k) {
        offset[k][p] = rows.index[k / Taps] * g.W + columns.index[k % Taps];
        weight[k][p] = rows.weight[k / Taps] * columns.weight[k % Taps];
      }
    }
  }
};

// The same with the derivatives of the weights by the grid's two numbers.
template <class T, int Taps>
struct SlopeBlock {
  static constexpr int kCount = Taps * Taps;
  int64_t offset[kCount][kBlock];
  T slope_x[kCount][kBlock], slope_y[kCount][kBlock];

  void fill(const GridSampleGeometry& g, const T* grid, int64_t count) {
    for (int64_t p = 0; p < count; ++p) {
      const auto columns = axis_taps<T, Taps>(grid[2 * p], g.W, g.padding, g.align_corners);
      const auto rows = axis_taps<T, Taps>(grid[2 * p + 1], g.H, g.padding, g.align_corners);
      for (int k = 0; k < kCount; ++k) {
        offset[k][p] = rows.index[k / Taps] * g.W + columns.index[k % Taps];
        slope_x[k][p] = rows.weight[k / Taps] * columns.slope[k % Taps];
        slope_y[k][p] = rows.slope[k / Taps] * columns.weight[k % Taps];
      }
    }
  }
};

// Calls `body` with the number of taps on an axis.
template <class Body>
void with_taps(GridMode mode, Body&& body) {
  switch (mode) {
    case GridMode::Nearest:
      return body.template operator()<1>();
    case GridMode::Bilinear:
      return body.template operator()<2>();
    case GridMode::Bicubic:
      return body.template operator()<4>();
  }
}

// Calls body(n, first, count) for blocks of places, on all threads.
template <class Body>
void for_each_block(const GridSampleGeometry& g, int64_t taps, const Body& body) {
  const int64_t blocks = (g.out_size() + kBlock - 1) / kBlock;
  const int64_t grain = std::max<int64_t>(1, kElementGrain / (kBlock * taps * (g.C + 8)));
  parallel_for(g.N * blocks, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t first = i % blocks * kBlock;
      body(i / blocks, first, std::min(kBlock, g.out_size() - first));
    }
  });
}

}  // namespace

template <class T>
void grid_sample_forward_cpu(const GridSampleGeometry& g, const T* x, const T* grid, T* y) {
  with_taps(g.mode, [&]<int Taps>() {
    for_each_block(g, Taps * Taps, [&](int64_t n, int64_t first, int64_t count) {
      TapBlock<T, Taps> taps;
      taps.fill(g, grid + 2 * (n * g.out_size() + first), count);
      for (int64_t c = 0; c < g.C; ++c) {
        const T* plane = x + (n * g.C + c) * g.in_size();
        T* out = y + (n * g.C + c) * g.out_size() + first;
        for (int64_t p = 0; p < count; ++p) {
          T sum = 0;
          for (int k = 0; k < Taps * Taps; ++k) {
            sum += taps.weight[k][p] * plane[taps.offset[k][p]];
          }
          out[p] = sum;
        }
      }
    });
  });
}

// Places may share pixels: a channel belongs to one thread, which goes through the places in order.
template <class T>
void grid_sample_backward_input_cpu(const GridSampleGeometry& g, const T* grid, const T* dy, T* dx) {
  const int64_t parts = (g.C + kChannels - 1) / kChannels;
  with_taps(g.mode, [&]<int Taps>() {
    parallel_for(g.N * parts, 1, [&](int64_t begin, int64_t end) {
      TapBlock<T, Taps> taps;
      for (int64_t i = begin; i < end; ++i) {
        const int64_t n = i / parts, c0 = n * g.C + i % parts * kChannels;
        const int64_t c1 = std::min(c0 + kChannels, (n + 1) * g.C);
        std::fill(dx + c0 * g.in_size(), dx + c1 * g.in_size(), T(0));
        for (int64_t first = 0; first < g.out_size(); first += kBlock) {
          const int64_t count = std::min(kBlock, g.out_size() - first);
          taps.fill(g, grid + 2 * (n * g.out_size() + first), count);
          for (int64_t c = c0; c < c1; ++c) {
            T* plane = dx + c * g.in_size();
            const T* d = dy + c * g.out_size() + first;
            for (int64_t p = 0; p < count; ++p) {
              for (int k = 0; k < Taps * Taps; ++k) {
                plane[taps.offset[k][p]] += taps.weight[k][p] * d[p];
              }
            }
          }
        }
      }
    });
  });
}

template <class T>
void grid_sample_backward_grid_cpu(const GridSampleGeometry& g, const T* x, const T* grid, const T* dy,
                                   T* dgrid) {
  with_taps(g.mode, [&]<int Taps>() {
    for_each_block(g, 2 * Taps * Taps, [&](int64_t n, int64_t first, int64_t count) {
      SlopeBlock<T, Taps> taps;
      taps.fill(g, grid + 2 * (n * g.out_size() + first), count);
      T sum_x[kBlock] = {}, sum_y[kBlock] = {};  // over channels
      for (int64_t c = 0; c < g.C; ++c) {
        const T* plane = x + (n * g.C + c) * g.in_size();
        const T* d = dy + (n * g.C + c) * g.out_size() + first;
        for (int64_t p = 0; p < count; ++p) {
          for (int k = 0; k < Taps * Taps; ++k) {
            const T value = plane[taps.offset[k][p]] * d[p];
            sum_x[p] += taps.slope_x[k][p] * value;
            sum_y[p] += taps.slope_y[k][p] * value;
          }
        }
      }
      T* out = dgrid + 2 * (n * g.out_size() + first);
      for (int64_t p = 0; p < count; ++p) {
        out[2 * p] = sum_x[p];
        out[2 * p + 1] = sum_y[p];
      }
    });
  });
}

#define HELDER_INSTANTIATE(T)                                                                      \
  template void grid_sample_forward_cpu(const GridSampleGeometry&, const T*, const T*, T*);        \
  template void grid_sample_backward_input_cpu(const GridSampleGeometry&, const T*, const T*, T*); \
  template void grid_sample_backward_grid_cpu(const GridSampleGeometry&, const T*, const T*, const T*, T*);
HELDER_INSTANTIATE(float)
HELDER_INSTANTIATE(double)
#undef HELDER_INSTANTIATE

}  // namespace helder::kernels
