#pragma once

/// CMake's HELDER_CUDA as constants, so that an op can say `if constexpr (kCudaBuilt)`. With neither
/// definition there is no device.
namespace helder {

#if HELDER_CUDA_SIMT
inline constexpr bool kSimt = true;  ///< the device is kernels/simt: CUDA's kernels on this processor
#else
inline constexpr bool kSimt = false;
#endif

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT
inline constexpr bool kCudaBuilt =
    true;  ///< there are kernels for Device::Cuda, and CUDA's runtime functions
#else
inline constexpr bool kCudaBuilt = false;
#endif

}  // namespace helder
