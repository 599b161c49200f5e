#pragma once

#include <cstdint>

#include "kernels/cuda/strided_index.h"

namespace helder::kernels {

// What tensors themselves do on the GPU (tensor/cuda_kernels.h), for elements of known type.

/// to = convert<To>(from); the operands of `index` are `to` and `from`.
template <class To, class From>
void copy_strided_cuda(const StridedIndex<2>& index, To* to, const From* from);

/// x = value, over one operand.
template <class T>
void fill_strided_cuda(const StridedIndex<1>& index, T* x, T value);

/// x[i] = start + i step.
template <class T>
void arange_cuda(int64_t n, T* x, double start, double step);

/// x[i], for i < n, from Philox counter offset + i: uniform in [0, 1), and standard normal by Box-Muller.
template <class T>
void rand_cuda(int64_t n, T* x, uint64_t seed, uint64_t offset);
template <class T>
void randn_cuda(int64_t n, T* x, uint64_t seed, uint64_t offset);

}  // namespace helder::kernels
