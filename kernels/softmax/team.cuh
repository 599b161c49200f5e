#pragma once

#include "kernels/cuda/block_reduce.cuh"
#include "kernels/cuda/grid_stride.h"
#include "kernels/reduce/reduce.h"

namespace helder::kernels {

/// The lanes that share a column of x [outer, n, inner]: a warp where the column lies side by side in memory
/// (inner = 1), so that lanes read neighbours; else a single thread, whose neighbours have the columns beside
/// it.
///
///   for (Team<Lanes> team(g); team.column < g.outer * g.inner; team.next()) {
///     for (int64_t k = team.first(); k < g.n; k += Lanes) { ... x[team.at(k)] ... }
///     const T total = team.reduce(Plus{}, sum);
///   }
template <int Lanes>
struct Team {
  static_assert(Lanes == 1 || Lanes == 32);
  const ReduceGeometry& g;
  int64_t column;

  __device__ explicit Team(const ReduceGeometry& geometry) : g(geometry), column(grid_thread() / Lanes) {}
  __device__ void next() { column += grid_threads() / Lanes; }
  __device__ int64_t first() const { return Lanes == 1 ? 0 : threadIdx.x % 32; }
  __device__ bool is_first() const { return first() == 0; }
  __device__ int64_t at(int64_t k) const { return (column / g.inner * g.n + k) * g.inner + column % g.inner; }
  template <class Op, class T>
  __device__ T reduce(Op op, T value) const {
    if constexpr (Lanes == 32) {
      value = warp_reduce(op, value);
    }
    return value;
  }
};

/// The grid in which every column has its team.
template <int Lanes>
Launch teams_for(const ReduceGeometry& g) {
  return grid_for(g.outer * g.inner * Lanes);
}

}  // namespace helder::kernels
