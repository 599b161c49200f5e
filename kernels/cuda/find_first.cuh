#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "kernels/cuda/block_reduce.cuh"
#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/workspace.h"

namespace helder::kernels {

struct Smaller {
  template <class T>
  __device__ T operator()(T a, T b) const {
    return b < a ? b : a;
  }
};

/// first[block] = the smallest i < n that the block met with holds(i), or the largest int64.
template <class Predicate>
__global__ void __launch_bounds__(kBlockThreads) find_first(int64_t n, Predicate holds, int64_t* first) {
  constexpr int64_t kNone = std::numeric_limits<int64_t>::max();
  int64_t found = kNone;
  for (int64_t i = grid_thread(); i < n && found == kNone; i += grid_threads()) {
    found = holds(i) ? i : kNone;
  }
  found = block_reduce(Smaller{}, found, kNone);
  if (threadIdx.x == 0) {
    first[blockIdx.x] = found;
  }
}

/// The first i < n with holds(i), -1 where there is none: for the checks of an op. Waits for the GPU, and
/// copies a number a block back.
template <class Predicate>
int64_t find_first_cuda(int64_t n, const Predicate& holds) {
  constexpr int64_t kNone = std::numeric_limits<int64_t>::max();
  constexpr unsigned kBlocks = 256;
  Launch grid = grid_for(n);
  grid.grid.x = std::min(kBlocks, grid.grid.x);
  const CudaWorkspace<int64_t> first(grid.grid.x);
  launch<find_first<Predicate>>(grid, n, holds, first.data());
  std::vector<int64_t> of_block(grid.grid.x);
  cuda::copy_to_cpu(of_block.data(), first.data(), of_block.size() * sizeof(int64_t));
  const int64_t least = *std::min_element(of_block.begin(), of_block.end());
  return least == kNone ? -1 : least;
}

}  // namespace helder::kernels
