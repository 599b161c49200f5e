#pragma once

#include <cstdint>
#include <utility>

#include "kernels/cuda/strided_index.h"

namespace helder::kernels {

/// y = f(a, b), elementwise over the broadcast shape of `index`, whose operands are y, a and b in this order.
/// binary.cu instantiates it.
template <class F>
struct BinaryCuda {
  template <class T>
  using Result = decltype(std::declval<F>().forward(T{}, T{}));

  static void forward(const F& f, const StridedIndex<3>& index, Result<float>* y, const float* a,
                      const float* b);
  static void forward(const F& f, const StridedIndex<3>& index, Result<double>* y, const double* a,
                      const double* b);
  static void forward(const F& f, const StridedIndex<3>& index, Result<int64_t>* y, const int64_t* a,
                      const int64_t* b);
};

/// The same for truth values.
template <class F>
struct LogicalCuda {
  static void forward(const F& f, const StridedIndex<3>& index, bool* y, const bool* a, const bool* b);
};

/// y = condition ? a : b; the operands of `index` are y, condition, a and b. T is any type of a tensor, by
/// its size alone: 1, 2, 4 or 8 bytes.
template <class T>
void where_forward_cuda(const StridedIndex<4>& index, T* y, const bool* condition, const T* a, const T* b);

/// y = a + w (b - a) as in lerp_cpu.h; the operands of `index` are y, a, b and w.
template <class T>
void lerp_forward_cuda(const StridedIndex<4>& index, T* y, const T* a, const T* b, const T* w);

}  // namespace helder::kernels
