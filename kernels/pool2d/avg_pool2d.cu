#include "kernels/pool2d/avg_pool2d.h"

#include "kernels/cuda/grid_stride.h"

namespace helder::kernels {
namespace {

template <class T>
__device__ T size_of_window(const Pool2dGeometry& g, bool count_include_pad, int64_t r, int64_t c) {
  return static_cast<T>(avg_window_size(r, g.in_h, g.kernel_h, g.stride_h, g.pad_h, count_include_pad) *
                        avg_window_size(c, g.in_w, g.kernel_w, g.stride_w, g.pad_w, count_include_pad));
}

// y[p,r,c] = the sum of the window's taps / size of the window. A thread an output.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    avg_pool2d_forward(Pool2dGeometry g, bool count_include_pad, const T* x, T* y) {
  for (int64_t o = grid_thread(); o < g.planes * g.out_size(); o += grid_threads()) {
    const T* plane = x + o / g.out_size() * g.in_size();
    const int64_t r = o / g.out_w % g.out_h, c = o % g.out_w;
    const int64_t top = r * g.stride_h - g.pad_h, left = c * g.stride_w - g.pad_w;
    const int64_t bottom = min(top + g.kernel_h, g.in_h), right = min(left + g.kernel_w, g.in_w);
    T sum = 0;
    for (int64_t i = max(top, int64_t{0}); i < bottom; ++i) {
      for (int64_t j = max(left, int64_t{0}); j < right; ++j) {
        sum += plane[i * g.in_w + j];
      }
    }
    y[o] = sum / size_of_window<T>(g, count_include_pad, r, c);
  }
}

// dx[p,i,j] = sum over the windows that contain (i, j) of dy[p,r,c] / size of the window. A thread an input
// element.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    avg_pool2d_backward(Pool2dGeometry g, bool count_include_pad, const T* dy, T* dx) {
  for (int64_t e = grid_thread(); e < g.planes * g.in_size(); e += grid_threads()) {
    const T* plane = dy + e / g.in_size() * g.out_size();
    const int64_t i = e / g.in_w % g.in_h, j = e % g.in_w;
    T sum = 0;
    for (int64_t a = g.kernel_h - 1; a >= 0; --a) {
      const int64_t r = output_of_tap(a, i, g.out_h, g.stride_h, g.pad_h, 1);
      for (int64_t b = g.kernel_w - 1; r >= 0 && b >= 0; --b) {
        const int64_t c = output_of_tap(b, j, g.out_w, g.stride_w, g.pad_w, 1);
        if (c >= 0) {
          sum += plane[r * g.out_w + c] / size_of_window<T>(g, count_include_pad, r, c);
        }
      }
    }
    dx[e] = sum;
  }
}

}  // namespace

template <class T>
void avg_pool2d_forward_cuda(const Pool2dGeometry& g, bool count_include_pad, const T* x, T* y) {
  launch<avg_pool2d_forward<T>>(grid_for(g.planes * g.out_size()), g, count_include_pad, x, y);
}

template <class T>
void avg_pool2d_backward_cuda(const Pool2dGeometry& g, bool count_include_pad, const T* dy, T* dx) {
  launch<avg_pool2d_backward<T>>(grid_for(g.planes * g.in_size()), g, count_include_pad, dy, dx);
}

template void avg_pool2d_forward_cuda(const Pool2dGeometry&, bool, const float*, float*);
template void avg_pool2d_forward_cuda(const Pool2dGeometry&, bool, const double*, double*);
template void avg_pool2d_backward_cuda(const Pool2dGeometry&, bool, const float*, float*);
template void avg_pool2d_backward_cuda(const Pool2dGeometry&, bool, const double*, double*);

}  // namespace helder::kernels
