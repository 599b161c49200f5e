#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/cuda/cuda.h"

/// Copies from global to shared memory that do not go through registers and that the thread does not wait for
/// (sm_80 and later; earlier GPUs copy at once, and so does simt). A group is what was started since the last
/// commit.
///
///   cp_async<16>(&tile[row][4 * column], &a[...], inside);   16 bytes, or zeros where not `inside`
///   cp_async_commit();
///   cp_async_wait<1>();      all groups have come but the newest one
///   __syncthreads();         and those of the other threads
namespace helder::kernels {

/// Bytes (4, 8 or 16) from `from` to `to`, both aligned to as many. Nothing is read where not `inside`.
template <int Bytes>
__device__ __forceinline__ void cp_async(void* to, const void* from, bool inside = true) {
  static_assert(Bytes == 4 || Bytes == 8 || Bytes == 16, "the sizes that the hardware has");
#if !HELDER_CUDA_SIMT && defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  const uint32_t address = static_cast<uint32_t>(__cvta_generic_to_shared(to));
  const int bytes = inside ? Bytes : 0;
  if constexpr (Bytes == 16) {  // past level 1, which shared memory is a part of
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(from), "r"(bytes)
                 : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(address), "l"(from), "n"(Bytes),
                 "r"(bytes)
                 : "memory");
  }
#else
  if (inside) {
    memcpy(to, from, Bytes);
  } else {
    memset(to, 0, Bytes);
  }
#endif
}

__device__ __forceinline__ void cp_async_commit() {
#if !HELDER_CUDA_SIMT && defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

/// Waits for all groups of this thread but the newest `Groups`.
template <int Groups>
__device__ __forceinline__ void cp_async_wait() {
#if !HELDER_CUDA_SIMT && defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(Groups) : "memory");
#endif
}

}  // namespace helder::kernels
