#include "kernels/cuda/grid_stride.h"
#include "kernels/pool2d/adaptive_pool2d.h"
#include "kernels/reduce/reduce.h"

namespace helder::kernels {
namespace {

// What window (r, c) covers.
struct Window {
  int64_t i0, i1, j0, j1;

  __device__ Window(const AdaptivePool2dGeometry& g, int64_t r, int64_t c)
      : i0(g.begin(r, g.in_h, g.out_h)),
        i1(g.end(r, g.in_h, g.out_h)),
        j0(g.begin(c, g.in_w, g.out_w)),
        j1(g.end(c, g.in_w, g.out_w)) {}
  __device__ int64_t size() const { return (i1 - i0) * (j1 - j0); }
};

// The windows that contain (i, j).
__device__ Window windows_of(const AdaptivePool2dGeometry& g, int64_t i, int64_t j) {
  return Window({.planes = g.planes, .in_h = g.out_h, .in_w = g.out_w, .out_h = g.in_h, .out_w = g.in_w}, i,
                j);
}

// y[p,r,c] = the mean of the window: its rows are summed in T, the rows' sums in double. A thread an output.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    adaptive_avg_pool2d_forward(AdaptivePool2dGeometry g, const T* x, T* y) {
  for (int64_t o = grid_thread(); o < g.planes * g.out_size(); o += grid_threads()) {
    const T* plane = x + o / g.out_size() * g.in_size();
    const Window window(g, o / g.out_w % g.out_h, o % g.out_w);
    double total = 0;
    for (int64_t i = window.i0; i < window.i1; ++i) {
      T sum = 0;
      for (int64_t j = window.j0; j < window.j1; ++j) {
        sum += plane[i * g.in_w + j];
      }
      total += static_cast<double>(sum);
    }
    y[o] = static_cast<T>(total / static_cast<double>(window.size()));
  }
}

// dx[p,i,j] = sum of dy[p,r,c] / size of the window, over the windows that contain (i, j).
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    adaptive_avg_pool2d_backward(AdaptivePool2dGeometry g, const T* dy, T* dx) {
  for (int64_t e = grid_thread(); e < g.planes * g.in_size(); e += grid_threads()) {
    const T* plane = dy + e / g.in_size() * g.out_size();
    const Window windows = windows_of(g, e / g.in_w % g.in_h, e % g.in_w);
    T sum = 0;
    for (int64_t r = windows.i0; r < windows.i1; ++r) {
      for (int64_t c = windows.j0; c < windows.j1; ++c) {
        sum += plane[r * g.out_w + c] / static_cast<T>(Window(g, r, c).size());
      }
    }
    dx[e] = sum;
  }
}

// y[p,r,c] = the largest element of the window, index[p,r,c] = where it is: the first of equals, the last
// NaN.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    adaptive_max_pool2d_forward(AdaptivePool2dGeometry g, const T* x, T* y, int64_t* index) {
  for (int64_t o = grid_thread(); o < g.planes * g.out_size(); o += grid_threads()) {
    const T* plane = x + o / g.out_size() * g.in_size();
    const Window window(g, o / g.out_w % g.out_h, o % g.out_w);
    int64_t at = window.i0 * g.in_w + window.j0;
    T best = plane[at];
    for (int64_t i = window.i0; i < window.i1; ++i) {
      for (int64_t j = window.j0; j < window.j1; ++j) {
        const T value = plane[i * g.in_w + j];
        const bool wins = value > best || value != value;
        best = wins ? value : best;
        at = wins ? i * g.in_w + j : at;
      }
    }
    y[o] = best;
    index[o] = at;
  }
}

// dx[p,i,j] = sum of dy[p,r,c] over the windows, of those that contain (i, j), whose index it is.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    adaptive_max_pool2d_backward(AdaptivePool2dGeometry g, const T* dy, const int64_t* index, T* dx) {
  for (int64_t e = grid_thread(); e < g.planes * g.in_size(); e += grid_threads()) {
    const int64_t first = e / g.in_size() * g.out_size();
    const Window windows = windows_of(g, e / g.in_w % g.in_h, e % g.in_w);
    T sum = 0;
    for (int64_t r = windows.i0; r < windows.i1; ++r) {
      for (int64_t c = windows.j0; c < windows.j1; ++c) {
        const int64_t o = first + r * g.out_w + c;
        sum += index[o] == e % g.in_size() ? dy[o] : T(0);
      }
    }
    dx[e] = sum;
  }
}

}  // namespace

template <class T>
void adaptive_avg_pool2d_forward_cuda(const AdaptivePool2dGeometry& g, const T* x, T* y) {
  if (g.out_h == 1 && g.out_w == 1) {  // global average pooling: the mean of contiguous rows
    return sum_cuda({.outer = g.planes, .n = g.in_size(), .inner = 1}, x, y,
                    1 / static_cast<double>(g.in_size()));
  }
  launch<adaptive_avg_pool2d_forward<T>>(grid_for(g.planes * g.out_size()), g, x, y);
}

template <class T>
void adaptive_avg_pool2d_backward_cuda(const AdaptivePool2dGeometry& g, const T* dy, T* dx) {
  launch<adaptive_avg_pool2d_backward<T>>(grid_for(g.planes * g.in_size()), g, dy, dx);
}

template <class T>
void adaptive_max_pool2d_forward_cuda(const AdaptivePool2dGeometry& g, const T* x, T* y, int64_t* index) {
  launch<adaptive_max_pool2d_forward<T>>(grid_for(g.planes * g.out_size()), g, x, y, index);
}

template <class T>
void adaptive_max_pool2d_backward_cuda(const AdaptivePool2dGeometry& g, const T* dy, const int64_t* index,
                                       T* dx) {
  launch<adaptive_max_pool2d_backward<T>>(grid_for(g.planes * g.in_size()), g, dy, index, dx);
}

template void adaptive_avg_pool2d_forward_cuda(const AdaptivePool2dGeometry&, const float*, float*);
template void adaptive_avg_pool2d_forward_cuda(const AdaptivePool2dGeometry&, const double*, double*);
template void adaptive_avg_pool2d_backward_cuda(const AdaptivePool2dGeometry&, const float*, float*);
template void adaptive_avg_pool2d_backward_cuda(const AdaptivePool2dGeometry&, const double*, double*);
template void adaptive_max_pool2d_forward_cuda(const AdaptivePool2dGeometry&, const float*, float*, int64_t*);
template void adaptive_max_pool2d_forward_cuda(const AdaptivePool2dGeometry&, const double*, double*,
                                               int64_t*);
template void adaptive_max_pool2d_backward_cuda(const AdaptivePool2dGeometry&, const float*, const int64_t*,
                                                float*);
template void adaptive_max_pool2d_backward_cuda(const AdaptivePool2dGeometry&, const double*, const int64_t*,
                                                double*);

}  // namespace helder::kernels
