#include "kernels/glu/glu.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/exp.h"

namespace helder::kernels {
namespace {

// y = a s(b),  s(b) = 1 / (1 + e^-b);  x [outer, a and b, inner], y [outer, inner].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    glu_forward(GluGeometry g, const T* __restrict__ x, T* __restrict__ y) {
  for (int64_t i = grid_thread(); i < g.outer * g.inner; i += grid_threads()) {
    const int64_t a = i + i / g.inner * g.inner;
    y[i] = x[a] * fast_sigmoid(x[a + g.inner]);
  }
}

// da = dy s(b),  db = dy a s(b) (1 - s(b)).
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    glu_backward(GluGeometry g, const T* __restrict__ x, const T* __restrict__ dy, T* __restrict__ dx) {
  for (int64_t i = grid_thread(); i < g.outer * g.inner; i += grid_threads()) {
    const int64_t a = i + i / g.inner * g.inner;
    const T s = fast_sigmoid(x[a + g.inner]);
    dx[a] = dy[i] * s;
    dx[a + g.inner] = dy[i] * x[a] * (s * (T(1) - s));
  }
}

}  // namespace

template <class T>
void glu_forward_cuda(const GluGeometry& g, const T* x, T* y) {
  launch<glu_forward<T>>(grid_for(g.outer * g.inner), g, x, y);
}

template <class T>
void glu_backward_cuda(const GluGeometry& g, const T* x, const T* dy, T* dx) {
  launch<glu_backward<T>>(grid_for(g.outer * g.inner), g, x, dy, dx);
}

template void glu_forward_cuda(const GluGeometry&, const float*, float*);
template void glu_forward_cuda(const GluGeometry&, const double*, double*);
template void glu_backward_cuda(const GluGeometry&, const float*, const float*, float*);
template void glu_backward_cuda(const GluGeometry&, const double*, const double*, double*);

}  // namespace helder::kernels
