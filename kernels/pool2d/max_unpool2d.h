#pragma once

#include <cstdint>

namespace helder::kernels {

/// y[p, index[p, k]] = x[p, k], and zero elsewhere; x and index are [planes, count], y is [planes, size].
/// Where an index comes twice, the last one stays. The gradient is dx[p, k] = dy[p, index[p, k]]:
/// `gather_cpu`
/// on the CPU.
template <class T>
void max_unpool2d_forward_cpu(int64_t planes, int64_t count, int64_t size, const int64_t* index, const T* x,
                              T* y);
template <class T>
void max_unpool2d_forward_cuda(int64_t planes, int64_t count, int64_t size, const int64_t* index, const T* x,
                               T* y);
template <class T>
void max_unpool2d_backward_cuda(int64_t planes, int64_t count, int64_t size, const int64_t* index,
                                const T* dy, T* dx);

}  // namespace helder::kernels
