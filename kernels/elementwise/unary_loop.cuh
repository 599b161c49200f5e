#pragma once

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"
#include "kernels/elementwise/unary_cuda.h"

namespace helder::kernels {

/// y[i] = f(x[i]).
template <class F, class T, class R>
__global__ void __launch_bounds__(256) unary_forward(F f, int64_t n, const T* x, R* y) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    y[i] = f.forward(x[i]);
  }
}

/// dx[i] = dy[i] f'(kept[i]).
template <class F, class T>
__global__ void __launch_bounds__(256) unary_backward(F f, int64_t n, const T* kept, const T* dy, T* dx) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    dx[i] = dy[i] * f.derivative(kept[i]);
  }
}

template <class F>
void UnaryCuda<F>::forward(const F& f, int64_t n, const float* x, float* y) {
  launch<unary_forward<F, float, float>>(grid_for(n), f, n, x, y);
}
template <class F>
void UnaryCuda<F>::forward(const F& f, int64_t n, const double* x, double* y) {
  launch<unary_forward<F, double, double>>(grid_for(n), f, n, x, y);
}
template <class F>
void UnaryCuda<F>::backward(const F& f, int64_t n, const float* kept, const float* dy, float* dx) {
  launch<unary_backward<F, float>>(grid_for(n), f, n, kept, dy, dx);
}
template <class F>
void UnaryCuda<F>::backward(const F& f, int64_t n, const double* kept, const double* dy, double* dx) {
  launch<unary_backward<F, double>>(grid_for(n), f, n, kept, dy, dx);
}

template <class F, class T, class R>
void MapCuda<F, T, R>::forward(const F& f, int64_t n, const T* x, R* y) {
  launch<unary_forward<F, T, R>>(grid_for(n), f, n, x, y);
}

}  // namespace helder::kernels
