#include "kernels/grid_sample/grid_sample.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/zero.h"
#include "kernels/grid_sample/taps.h"

namespace helder::kernels {
namespace {

constexpr int64_t kChannels = 8;  // that a thread serves with the taps of its place

// The place p of image n, and the channels [begin, end) of it, that a thread has.
struct Task {
  int64_t n, p, begin, end;

  __device__ Task(const GridSampleGeometry& g, int64_t parts, int64_t task)
      : n(task / g.out_size() / parts),
        p(task % g.out_size()),
        begin(task / g.out_size() % parts * kChannels),
        end(min(g.C, begin + kChannels)) {}
};

// The taps of both axes around a grid's entry.
template <class T, int Taps>
struct PlaceTaps {
  AxisTaps<T, Taps> columns, rows;

  __device__ PlaceTaps(const GridSampleGeometry& g, const T* entry)
      : columns(axis_taps<T, Taps>(entry[0], g.W, g.padding, g.align_corners)),
        rows(axis_taps<T, Taps>(entry[1], g.H, g.padding, g.align_corners)) {}
};

// y[n,c,p] = sum over i, j of b_i(v) a_j(u) x[n,c,i,j].
template <class T, int Taps>
__global__ void __launch_bounds__(kBlockThreads)
    grid_sample_forward(GridSampleGeometry g, int64_t parts, const T* x, const T* grid, T* y) {
  for (int64_t t = grid_thread(); t < g.N * parts * g.out_size(); t += grid_threads()) {
    const Task task(g, parts, t);
    const PlaceTaps<T, Taps> taps(g, grid + 2 * (task.n * g.out_size() + task.p));
    for (int64_t c = task.begin; c < task.end; ++c) {
      const T* plane = x + (task.n * g.C + c) * g.in_size();
      T sum = 0;
      for (int i = 0; i < Taps; ++i) {
        for (int j = 0; j < Taps; ++j) {
          sum += taps.rows.weight[i] * taps.columns.weight[j] *
                 plane[taps.rows.index[i] * g.W + taps.columns.index[j]];
        }
      }
      y[(task.n * g.C + c) * g.out_size() + task.p] = sum;
    }
  }
}

// dx[n,c,i,j] += b_i(v) a_j(u) dy[n,c,p]. Places share pixels: the order of the sums is left to the threads.
template <class T, int Taps>
__global__ void __launch_bounds__(kBlockThreads)
    grid_sample_backward_input(GridSampleGeometry g, int64_t parts, const T* grid, const T* dy, T* dx) {
  for (int64_t t = grid_thread(); t < g.N * parts * g.out_size(); t += grid_threads()) {
    const Task task(g, parts, t);
    const PlaceTaps<T, Taps> taps(g, grid + 2 * (task.n * g.out_size() + task.p));
    for (int64_t c = task.begin; c < task.end; ++c) {
      T* plane = dx + (task.n * g.C + c) * g.in_size();
      const T d = dy[(task.n * g.C + c) * g.out_size() + task.p];
      for (int i = 0; i < Taps; ++i) {
        for (int j = 0; j < Taps; ++j) {
          atomicAdd(&plane[taps.rows.index[i] * g.W + taps.columns.index[j]],
                    taps.rows.weight[i] * taps.columns.weight[j] * d);
        }
      }
    }
  }
}

// dgrid[n,p] = sum over c, i, j of (b_i(v) a_j'(u), b_i'(v) a_j(u)) x[n,c,i,j] dy[n,c,p]. A thread a place.
template <class T, int Taps>
__global__ void __launch_bounds__(kBlockThreads)
    grid_sample_backward_grid(GridSampleGeometry g, const T* x, const T* grid, const T* dy, T* dgrid) {
  for (int64_t t = grid_thread(); t < g.N * g.out_size(); t += grid_threads()) {
    const int64_t n = t / g.out_size(), p = t % g.out_size();
    const PlaceTaps<T, Taps> taps(g, grid + 2 * t);
    T sum_x = 0, sum_y = 0;
    for (int64_t c = n * g.C; c < (n + 1) * g.C; ++c) {
      const T d = dy[c * g.out_size() + p];
      for (int i = 0; i < Taps; ++i) {
        for (int j = 0; j < Taps; ++j) {
          const T value = d * x[c * g.in_size() + taps.rows.index[i] * g.W + taps.columns.index[j]];
          sum_x += taps.rows.weight[i] * taps.columns.slope[j] * value;
          sum_y += taps.rows.slope[i] * taps.columns.weight[j] * value;
        }
      }
    }
    dgrid[2 * t] = sum_x;
    dgrid[2 * t + 1] = sum_y;
  }
}

// Calls `body` with the number of taps on an axis.
template <class Body>
void with_taps(GridMode mode, const Body& body) {
  switch (mode) {
    case GridMode::Nearest:
      return body.template operator()<1>();
    case GridMode::Bilinear:
      return body.template operator()<2>();
    case GridMode::Bicubic:
      return body.template operator()<4>();
  }
}

int64_t parts_of(const GridSampleGeometry& g) { return (g.C + kChannels - 1) / kChannels; }

}  // namespace

template <class T>
void grid_sample_forward_cuda(const GridSampleGeometry& g, const T* x, const T* grid, T* y) {
  const int64_t parts = parts_of(g);
  with_taps(g.mode, [&]<int Taps>() {
    launch<grid_sample_forward<T, Taps>>(grid_for(g.N * parts * g.out_size()), g, parts, x, grid, y);
  });
}

template <class T>
void grid_sample_backward_input_cuda(const GridSampleGeometry& g, const T* grid, const T* dy, T* dx) {
  const int64_t parts = parts_of(g);
  zero_cuda(g.N * g.C * g.in_size(), dx);
  with_taps(g.mode, [&]<int Taps>() {
    launch<grid_sample_backward_input<T, Taps>>(grid_for(g.N * parts * g.out_size()), g, parts, grid, dy, dx);
  });
}

template <class T>
void grid_sample_backward_grid_cuda(const GridSampleGeometry& g, const T* x, const T* grid, const T* dy,
                                    T* dgrid) {
  with_taps(g.mode, [&]<int Taps>() {
    launch<grid_sample_backward_grid<T, Taps>>(grid_for(g.N * g.out_size()), g, x, grid, dy, dgrid);
  });
}

template void grid_sample_forward_cuda(const GridSampleGeometry&, const float*, const float*, float*);
template void grid_sample_forward_cuda(const GridSampleGeometry&, const double*, const double*, double*);
template void grid_sample_backward_input_cuda(const GridSampleGeometry&, const float*, const float*, float*);
template void grid_sample_backward_input_cuda(const GridSampleGeometry&, const double*, const double*,
                                              double*);
template void grid_sample_backward_grid_cuda(const GridSampleGeometry&, const float*, const float*,
                                             const float*, float*);
template void grid_sample_backward_grid_cuda(const GridSampleGeometry&, const double*, const double*,
                                             const double*, double*);

}  // namespace helder::kernels
