#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/cuda/cuda.h"
#include "kernels/cuda/launch.h"

namespace helder::kernels {

// One-dimensional grids for kernels in which each element is its own affair:
//
//   for (int64_t i = grid_thread(); i < n; i += grid_threads()) { ... }
//
// Neighbouring threads read neighbouring elements, and any grid does all the work.

inline constexpr unsigned kBlockThreads = 256;
/// Enough blocks to fill the largest GPU several times; more would only start and end.
inline constexpr unsigned kMostBlocks = 4096;

/// The grid for n elements.
inline Launch grid_for(int64_t n) {
  return {.grid = std::min(kMostBlocks, blocks_for(n, kBlockThreads)), .block = kBlockThreads};
}

__device__ inline int64_t grid_thread() {
  return static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ inline int64_t grid_threads() { return static_cast<int64_t>(gridDim.x) * blockDim.x; }

}  // namespace helder::kernels
