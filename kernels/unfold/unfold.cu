#include "kernels/cuda/grid_stride.h"
#include "kernels/unfold/unfold.h"

namespace helder::kernels {
namespace {

// columns[p, a kernel_w + b, r out_w + c] = x[p, r stride_h - pad_h + a dilation_h, c ...], or 0. A thread a
// number of `columns`.
template <class T>
__global__ void __launch_bounds__(kBlockThreads) unfold(Pool2dGeometry g, const T* x, T* columns) {
  for (int64_t e = grid_thread(); e < g.planes * g.taps() * g.out_size(); e += grid_threads()) {
    const int64_t row = e / g.out_size(), tap = row % g.taps();
    const int64_t i = e / g.out_w % g.out_h * g.stride_h - g.pad_h + tap / g.kernel_w * g.dilation_h;
    const int64_t j = e % g.out_w * g.stride_w - g.pad_w + tap % g.kernel_w * g.dilation_w;
    const bool inside = i >= 0 && i < g.in_h && j >= 0 && j < g.in_w;
    columns[e] = inside ? x[row / g.taps() * g.in_size() + i * g.in_w + j] : T(0);
  }
}

// x[p,i,j] = the sum of columns[p,t,l] over the taps t, each in the window l in which it is (i, j). A thread
// a number of x.
template <class T>
__global__ void __launch_bounds__(kBlockThreads) fold(Pool2dGeometry g, const T* columns, T* x) {
  for (int64_t e = grid_thread(); e < g.planes * g.in_size(); e += grid_threads()) {
    const T* plane = columns + e / g.in_size() * g.taps() * g.out_size();
    const int64_t i = e / g.in_w % g.in_h, j = e % g.in_w;
    T sum = 0;
    for (int64_t a = 0; a < g.kernel_h; ++a) {
      const int64_t r = output_of_tap(a, i, g.out_h, g.stride_h, g.pad_h, g.dilation_h);
      for (int64_t b = 0; r >= 0 && b < g.kernel_w; ++b) {
        const int64_t c = output_of_tap(b, j, g.out_w, g.stride_w, g.pad_w, g.dilation_w);
        if (c >= 0) {
          sum += plane[(a * g.kernel_w + b) * g.out_size() + r * g.out_w + c];
        }
      }
    }
    x[e] = sum;
  }
}

}  // namespace

template <class T>
void unfold_cuda(const Pool2dGeometry& g, const T* x, T* columns) {
  launch<unfold<T>>(grid_for(g.planes * g.taps() * g.out_size()), g, x, columns);
}

template <class T>
void fold_cuda(const Pool2dGeometry& g, const T* columns, T* x) {
  launch<fold<T>>(grid_for(g.planes * g.in_size()), g, columns, x);
}

template void unfold_cuda(const Pool2dGeometry&, const float*, float*);
template void unfold_cuda(const Pool2dGeometry&, const double*, double*);
template void fold_cuda(const Pool2dGeometry&, const float*, float*);
template void fold_cuda(const Pool2dGeometry&, const double*, double*);

}  // namespace helder::kernels
