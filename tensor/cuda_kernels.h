#pragma once

#include <cstdint>

#include "tensor/tensor.h"

/// What a tensor itself wants of a GPU. This room has no arithmetic: the kernels are in kernels/tensor/. They
/// exist where `kCudaBuilt`.
namespace helder::kernels {

/// Fills x, which may have any strides.
void fill_cuda(const Tensor& x, double value);

/// Writes `source`, broadcast and converted, into `destination`; both are on the GPU.
void copy_elements_cuda(const Tensor& destination, const Tensor& source);

/// x[i] = start + i step.
void arange_cuda(const Tensor& x, double start, double step);

// The draws of tensor/factories.h: element i comes from the Philox counter offset + i of `seed`.
void rand_cuda(const Tensor& x, uint64_t seed, uint64_t offset);
void randn_cuda(const Tensor& x, uint64_t seed, uint64_t offset);

}  // namespace helder::kernels
