#include "kernels/pool2d/max_pool2d.h"

#include "kernels/cuda/grid_stride.h"

namespace helder::kernels {
namespace {

// y[p,r,c] = the largest tap of the window, tap[p,r,c] = which one. A thread an output.
template <class T, class Tap>
__global__ void __launch_bounds__(kBlockThreads)
    max_pool2d_forward(Pool2dGeometry g, const T* x, T* y, Tap* tap) {
  for (int64_t o = grid_thread(); o < g.planes * g.out_size(); o += grid_threads()) {
    const T* plane = x + o / g.out_size() * g.in_size();
    const int64_t top = o / g.out_w % g.out_h * g.stride_h - g.pad_h,
                  left = o % g.out_w * g.stride_w - g.pad_w;
    T best = 0;
    int64_t at = -1;  // nothing seen yet
    for (int64_t a = 0; a < g.kernel_h; ++a) {
      const int64_t i = top + a * g.dilation_h;
      for (int64_t b = 0; i >= 0 && i < g.in_h && b < g.kernel_w; ++b) {
        const int64_t j = left + b * g.dilation_w;
        if (j >= 0 && j < g.in_w) {
          const T value = plane[i * g.in_w + j];
          const bool wins = value > best || value != value || at < 0;
          best = wins ? value : best;
          at = wins ? a * g.kernel_w + b : at;
        }
      }
    }
    y[o] = best;
    if (tap != nullptr) {
      tap[o] = static_cast<Tap>(at);
    }
  }
}

// index[p,r,c] = the place in its plane of tap[p,r,c].
template <class Tap>
__global__ void __launch_bounds__(kBlockThreads)
    max_pool2d_indices(Pool2dGeometry g, const Tap* tap, int64_t* index) {
  for (int64_t o = grid_thread(); o < g.planes * g.out_size(); o += grid_threads()) {
    const int64_t t = static_cast<int64_t>(tap[o]);
    index[o] = o / g.out_w % g.out_h * g.stride_h * g.in_w + o % g.out_w * g.stride_w +
               g.tap_offset(t / g.kernel_w, t % g.kernel_w);
  }
}

// dx[p,i,j] = sum of dy[p,r,c] over the windows whose maximum (i, j) was. A thread an input element, which
// asks all windows that saw it, in order.
template <class T, class Tap>
__global__ void __launch_bounds__(kBlockThreads)
    max_pool2d_backward(Pool2dGeometry g, const T* dy, const Tap* tap, T* dx) {
  for (int64_t e = grid_thread(); e < g.planes * g.in_size(); e += grid_threads()) {
    const int64_t first = e / g.in_size() * g.out_size(), i = e / g.in_w % g.in_h, j = e % g.in_w;
    T sum = 0;
    for (int64_t a = g.kernel_h - 1; a >= 0; --a) {
      const int64_t r = output_of_tap(a, i, g.out_h, g.stride_h, g.pad_h, g.dilation_h);
      for (int64_t b = g.kernel_w - 1; r >= 0 && b >= 0; --b) {
        const int64_t c = output_of_tap(b, j, g.out_w, g.stride_w, g.pad_w, g.dilation_w);
        if (c >= 0 && static_cast<int64_t>(tap[first + r * g.out_w + c]) == a * g.kernel_w + b) {
          sum += dy[first + r * g.out_w + c];
        }
      }
    }
    dx[e] = sum;
  }
}

}  // namespace

template <class T, class Tap>
void max_pool2d_forward_cuda(const Pool2dGeometry& g, const T* x, T* y, Tap* tap) {
  launch<max_pool2d_forward<T, Tap>>(grid_for(g.planes * g.out_size()), g, x, y, tap);
}

template <class Tap>
void max_pool2d_indices_cuda(const Pool2dGeometry& g, const Tap* tap, int64_t* index) {
  launch<max_pool2d_indices<Tap>>(grid_for(g.planes * g.out_size()), g, tap, index);
}

template <class T, class Tap>
void max_pool2d_backward_cuda(const Pool2dGeometry& g, const T* dy, const Tap* tap, T* dx) {
  launch<max_pool2d_backward<T, Tap>>(grid_for(g.planes * g.in_size()), g, dy, tap, dx);
}

template void max_pool2d_forward_cuda(const Pool2dGeometry&, const float*, float*, uint8_t*);
template void max_pool2d_forward_cuda(const Pool2dGeometry&, const double*, double*, uint8_t*);
template void max_pool2d_forward_cuda(const Pool2dGeometry&, const float*, float*, int64_t*);
template void max_pool2d_forward_cuda(const Pool2dGeometry&, const double*, double*, int64_t*);
template void max_pool2d_indices_cuda(const Pool2dGeometry&, const uint8_t*, int64_t*);
template void max_pool2d_indices_cuda(const Pool2dGeometry&, const int64_t*, int64_t*);
template void max_pool2d_backward_cuda(const Pool2dGeometry&, const float*, const uint8_t*, float*);
template void max_pool2d_backward_cuda(const Pool2dGeometry&, const double*, const uint8_t*, double*);
template void max_pool2d_backward_cuda(const Pool2dGeometry&, const float*, const int64_t*, float*);
template void max_pool2d_backward_cuda(const Pool2dGeometry&, const double*, const int64_t*, double*);

}  // namespace helder::kernels
