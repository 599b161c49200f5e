#pragma once

#include <cstdint>

namespace helder::kernels {

/// The position of the first x[i], i < n, that is not in [0, 1] (a NaN is not); -1 when all are.
template <class T>
int64_t first_no_probability_cpu(int64_t n, const T* x);
template <class T>
int64_t first_no_probability_cuda(int64_t n, const T* x);

/// The position of the first y[i], i < n, that is neither 1 nor -1; -1 when all are.
template <class T>
int64_t first_no_sign_cpu(int64_t n, const T* y);
template <class T>
int64_t first_no_sign_cuda(int64_t n, const T* y);

}  // namespace helder::kernels
