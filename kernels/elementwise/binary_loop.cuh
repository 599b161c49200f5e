#pragma once

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"
#include "kernels/elementwise/binary_cuda.h"

namespace helder::kernels {

/// y = f(a, b) over the broadcast shape of `index`.
template <class F, class T, class R>
__global__ void __launch_bounds__(256)
    binary_forward(F f, StridedIndex<3> index, R* y, const T* a, const T* b) {
  for (int64_t i = grid_thread(); i < index.numel; i += grid_threads()) {
    int64_t at[3];
    index.locate(i, at);
    y[at[0]] = f.forward(a[at[1]], b[at[2]]);
  }
}

template <class F>
void BinaryCuda<F>::forward(const F& f, const StridedIndex<3>& index, Result<float>* y, const float* a,
                            const float* b) {
  launch<binary_forward<F, float, Result<float>>>(grid_for(index.numel), f, index, y, a, b);
}
template <class F>
void BinaryCuda<F>::forward(const F& f, const StridedIndex<3>& index, Result<double>* y, const double* a,
                            const double* b) {
  launch<binary_forward<F, double, Result<double>>>(grid_for(index.numel), f, index, y, a, b);
}
template <class F>
void BinaryCuda<F>::forward(const F& f, const StridedIndex<3>& index, Result<int64_t>* y, const int64_t* a,
                            const int64_t* b) {
  launch<binary_forward<F, int64_t, Result<int64_t>>>(grid_for(index.numel), f, index, y, a, b);
}

template <class F>
void LogicalCuda<F>::forward(const F& f, const StridedIndex<3>& index, bool* y, const bool* a,
                             const bool* b) {
  launch<binary_forward<F, bool, bool>>(grid_for(index.numel), f, index, y, a, b);
}

}  // namespace helder::kernels
