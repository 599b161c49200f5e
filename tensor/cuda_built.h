#pragma once

/// Whether the build has CUDA kernels, compiled by nvcc or, with `HELDER_CUDA=simt`, for the CPU.
namespace helder {

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT
inline constexpr bool kCudaBuilt = true;
#else
inline constexpr bool kCudaBuilt = false;
#endif

}  // namespace helder
