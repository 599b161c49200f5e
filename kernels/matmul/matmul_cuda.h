#pragma once

#include <cstdint>
#include <span>

#include "kernels/matmul/matmul.h"
#include "tensor/cuda_runtime.h"

namespace helder::kernels {

/// In what the operands of a product of floats are multiplied; sums are float32 in any case.
enum class ProductPrecision {
  Float32,   ///< as they are, by the ordinary units
  Tf32,      ///< rounded to 10 bits of fraction, by the matrix units (sm_80 and later)
  BFloat16,  ///< rounded to 7 bits of fraction, by the matrix units
};

/// matmul_cpu, on the device: the same contract, with pointers of the device, `start.bias` included. T is
/// float or double; `precision` is for float. Each element is summed in the order of k, whatever the GPU.
template <class T>
void matmul_cuda(int64_t M, int64_t N, int64_t K, const Matrix<T>& a, const Matrix<T>& b, T* c, int64_t ldc,
                 Start<T> start = {}, cudaStream_t stream = nullptr,
                 ProductPrecision precision = ProductPrecision::Float32);

/// matmul_batched_cpu, on the device; the offsets are the host's.
template <class T>
void matmul_batched_cuda(int64_t M, int64_t N, int64_t K, const Matrix<T>& a,
                         std::span<const int64_t> a_offsets, const Matrix<T>& b,
                         std::span<const int64_t> b_offsets, T* c, cudaStream_t stream = nullptr,
                         ProductPrecision precision = ProductPrecision::Float32);

}  // namespace helder::kernels
