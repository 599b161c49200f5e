#pragma once

#include "kernels/cuda/cuda.h"

namespace helder::kernels {

// What one number a thread makes together. All threads of the warp or block have to call these, and all get
// the result.

inline constexpr unsigned kWholeWarp = 0xffffffffu;

struct Plus {
  template <class T>
  __device__ T operator()(T a, T b) const {
    return a + b;
  }
};

/// A NaN on either side wins.
struct Larger {
  template <class T>
  __device__ T operator()(T a, T b) const {
    return a > b || a != a ? a : b;
  }
};

/// Over the 32 lanes of a warp: in five steps each lane meets the one whose number differs in one bit.
template <class Op, class T>
__device__ T warp_reduce(Op op, T value) {
  for (int distance = 16; distance > 0; distance /= 2) {
    value = op(value, __shfl_xor_sync(kWholeWarp, value, distance));
  }
  return value;
}

/// Over a block of whole warps, at most 1024 threads: each warp for itself, then the first warp over the
/// warps' results. `neutral` changes nothing (0 of a sum).
template <class Op, class T>
__device__ T block_reduce(Op op, T value, T neutral) {
  __shared__ Shared<T[32]> of_warp;
  const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  value = warp_reduce(op, value);
  if (lane == 0) {
    of_warp[warp] = value;
  }
  __syncthreads();
  value = lane < blockDim.x / 32 ? static_cast<T>(of_warp[lane]) : neutral;
  value = warp_reduce(op, value);
  __syncthreads();  // or the next reduction would write over what somebody still reads
  return value;
}

template <class T>
__device__ T block_sum(T value) {
  return block_reduce(Plus{}, value, T(0));
}

}  // namespace helder::kernels
