#pragma once

/// The one header that makes a .cu file CUDA: the toolkit's, or kernels/simt under the host's compiler.
/// docs/simt.md has the rules for kernels.
///
///   __shared__ Shared<float[16][17]> tile;       shared memory of the block
///   auto rows = dynamic_shared<float>();         as much as the launch gave: SharedPointer<float>

#if HELDER_CUDA_SIMT
#include "kernels/simt/simt.h"
#elif defined(__CUDACC__)
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <math_constants.h>

namespace helder {

template <class T>
using Shared = T;

template <class T>
using SharedPointer = T*;

template <class T>
__device__ __forceinline__ T* dynamic_shared() {
  extern __shared__ __align__(16) unsigned char dynamic_shared_bytes[];
  return reinterpret_cast<T*>(dynamic_shared_bytes);
}

/// The plain pointer of a SharedPointer, for vector accesses.
template <class T>
__device__ __forceinline__ T* plain(T* p) {
  return p;
}

}  // namespace helder
#else
#error "A .cu file is for nvcc, or for the host's compiler with HELDER_CUDA=simt"
#endif
