#pragma once

#include "kernels/matmul/device_tile.cuh"

/// C[m,n] = start + sum over k of A[m,k] B[n,k],   one tile of C a block.
///
/// A block keeps a slice of Depth k of its rows of A and B in shared memory, with k running slowest. A warp
/// has a part of the tile, whose rows and columns its 8 x 4 lanes share; a lane keeps ThreadRows x
/// ThreadColumns sums in registers, so that it does that many multiply-adds with ThreadRows + ThreadColumns
/// numbers from shared memory, which it reads 16 bytes at a time. While one slice is multiplied, the next is
/// on its way from memory to registers, and from there to the other half of shared memory: one barrier a
/// slice.
namespace helder::kernels {

template <int Rows_, int Columns_, int Depth_, int ThreadRows_, int ThreadColumns_>
struct WarpTiles {
  static constexpr int kRows = Rows_, kColumns = Columns_, kDepth = Depth_;
  static constexpr int kThreadRows = ThreadRows_, kThreadColumns = ThreadColumns_;
  static constexpr int kWarpRows = 8 * kThreadRows, kWarpColumns = 4 * kThreadColumns;
  static constexpr int kThreads = 32 * (kRows / kWarpRows) * (kColumns / kWarpColumns);
};

template <class T, class Tiles, int Width>
__global__ void __launch_bounds__(Tiles::kThreads, Width > 1 ? 2 : 1) matmul_warp_tiles(const Product<T> p) {
  constexpr int depth = Tiles::kDepth, quad = 4;
  constexpr int row_quads = Tiles::kThreadRows / quad, column_quads = Tiles::kThreadColumns / quad;
  __shared__ Shared<T[2][depth][Tiles::kRows + quad]> a_tile;
  __shared__ Shared<T[2][depth][Tiles::kColumns + quad]> b_tile;

  const int tiles_across = (p.N + Tiles::kColumns - 1) / Tiles::kColumns;
  const int block = static_cast<int>(blockIdx.x);
  const int first_row = block / tiles_across * Tiles::kRows;
  const int first_column = block % tiles_across * Tiles::kColumns;
  const T* a = p.a.data + p.offsets.a(blockIdx.y);
  const T* b = p.b.data + p.offsets.b(blockIdx.y);
  const bool a_along_k = p.a.column_stride == 1, b_along_k = p.b.column_stride == 1;

  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  constexpr int warps_across = Tiles::kColumns / Tiles::kWarpColumns;
  const int my_row = warp / warps_across * Tiles::kWarpRows + lane / 4 * quad;
  const int my_column = warp % warps_across * Tiles::kWarpColumns + lane % 4 * quad;

  TilePart<T, Tiles::kRows, depth, Tiles::kThreads, Width> a_part;
  TilePart<T, Tiles::kColumns, depth, Tiles::kThreads, Width> b_part;
  const auto load = [&](int k) {
    a_part.load(p.a, a, first_row, p.M, k, p.K, a_along_k);
    b_part.load(p.b, b, first_column, p.N, k, p.K, b_along_k);
  };
  const auto store = [&](int half) {
    a_part.store(a_along_k, [&](int row, int k, T value) { a_tile[half][k][row] = value; });
    b_part.store(b_along_k, [&](int row, int k, T value) { b_tile[half][k][row] = value; });
  };

  T sums[Tiles::kThreadRows][Tiles::kThreadColumns] = {};
  load(0);
  store(0);
  __syncthreads();
  int half = 0;
  for (int k = 0; k < p.K; k += depth) {
    const bool more = k + depth < p.K;
    if (more) {
      load(k + depth);
    }
#pragma unroll 2
    for (int i = 0; i < depth; ++i) {
      Pack<T, quad> rows[row_quads], columns[column_quads];
#pragma unroll
      for (int q = 0; q < row_quads; ++q) {
        rows[q] = *reinterpret_cast<const Pack<T, quad>*>(&a_tile[half][i][my_row + q * 8 * quad]);
      }
#pragma unroll
      for (int q = 0; q < column_quads; ++q) {
        columns[q] = *reinterpret_cast<const Pack<T, quad>*>(&b_tile[half][i][my_column + q * 4 * quad]);
      }
#pragma unroll
      for (int r = 0; r < Tiles::kThreadRows; ++r) {
#pragma unroll
        for (int s = 0; s < Tiles::kThreadColumns; ++s) {
          sums[r][s] += rows[r / quad].v[r % quad] * columns[s / quad].v[s % quad];
        }
      }
    }
    if (more) {
      store(1 - half);
    }
    __syncthreads();
    half = 1 - half;
  }

  T* c = p.c + blockIdx.y * p.c_step;
#pragma unroll
  for (int r = 0; r < Tiles::kThreadRows; ++r) {
    const int m = first_row + my_row + r / quad * 8 * quad + r % quad;
#pragma unroll
    for (int s = 0; s < Tiles::kThreadColumns; ++s) {
      const int n = first_column + my_column + s / quad * 4 * quad + s % quad;
      if (m < p.M && n < p.N) {
        p.put(c, m, n, sums[r][s]);
      }
    }
  }
}

}  // namespace helder::kernels
