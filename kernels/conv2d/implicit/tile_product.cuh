#pragma once

#include <algorithm>

#include "kernels/conv2d/implicit/passes.cuh"
#include "kernels/cuda/launch.h"

namespace helder::kernels::implicit {

/// A block computes a tile of C, ThreadRows 4 Quads x ThreadColumns 4 Quads, from slices of A and B that are
/// kSlice deep and lie in shared memory. A thread has Quads x Quads squares of 4 x 4 sums in registers, and
/// reads four numbers of a slice at a time: 16 multiply-adds for two reads, 64 for four.
template <int ThreadRows, int ThreadColumns, int Quads>
struct Tile {
  static constexpr int kThreads = ThreadRows * ThreadColumns;
  static constexpr int kThreadRows = ThreadRows, kThreadColumns = ThreadColumns, kQuads = Quads;
  static constexpr int kRows = 4 * ThreadRows * Quads, kColumns = 4 * ThreadColumns * Quads;
  static constexpr int kSlice = 16;
};
using FlatTile = Tile<8, 32, 1>;     ///< 32 x 128, for few output channels
using SquareTile = Tile<16, 16, 1>;  ///< 64 x 64
using LargeTile = Tile<16, 16, 2>;   ///< 128 x 128

template <class T>
struct alignas(16) Quad {
  T number[4];
};

/// How C is cut: tiles count columns, then rows, then groups, then parts of the depth, `part` long.
struct Tiling {
  int64_t row_tiles, column_tiles, part;
};

// C[m, n] = sum over k in [split part, (split + 1) part) of A[m, k] B[k, n]    for a pass of passes.cuh
//
// Each thread copies its share of a slice of A and B; of the next slice, a few threads meanwhile find out
// what its depths mean.
template <class T, class Tile, class Pass>
__global__ void __launch_bounds__(Tile::kThreads) tile_product(Pass pass, Tiling tiling) {
  constexpr int kSlice = Tile::kSlice, kQuads = Tile::kQuads;
  // Four more than a row, or a column of a slice would lie in one bank.
  __shared__ Shared<T[kSlice][Tile::kRows + 4]> a_slice;
  __shared__ Shared<T[kSlice][Tile::kColumns + 4]> b_slice;
  __shared__ Shared<Spot[Tile::kColumns]> columns;
  __shared__ Shared<Depth[2][kSlice]> depths;  // of this slice and of the next

  const int thread = static_cast<int>(threadIdx.x);
  int64_t tile = blockIdx.x;
  const int64_t first_column = tile % tiling.column_tiles * Tile::kColumns;
  tile /= tiling.column_tiles;
  const int64_t first_row = tile % tiling.row_tiles * Tile::kRows;
  tile /= tiling.row_tiles;
  const int64_t group = tile % pass.g.groups, split = tile / pass.g.groups;
  const int64_t begin = split * tiling.part, end = min(pass.depth(), begin + tiling.part);
  // How much of the tile there is.
  const int rows = static_cast<int>(min(pass.rows() - first_row, static_cast<int64_t>(Tile::kRows)));
  const int column_count =
      static_cast<int>(min(pass.columns() - first_column, static_cast<int64_t>(Tile::kColumns)));
  const T* a = pass.a(group) + pass.row(first_row);

  for (int n = thread; n < column_count; n += Tile::kThreads) {
    columns[n] = pass.column(group, first_column + n);
  }
  if (thread < kSlice) {
    depths[0][thread] = pass.at_depth(group, begin + thread);
  }
  __syncthreads();

  const int thread_row = 4 * (thread / Tile::kThreadColumns),
            thread_column = 4 * (thread % Tile::kThreadColumns);
  T sums[4 * kQuads][4 * kQuads] = {};
  int now = 0;
  for (int64_t k0 = begin; k0 < end; k0 += kSlice, now ^= 1) {
    const int slice = static_cast<int>(min(end - k0, static_cast<int64_t>(kSlice)));
#pragma unroll
    for (int i = thread; i < Tile::kRows * kSlice; i += Tile::kThreads) {
      const int k = i % kSlice, m = i / kSlice;
      const Depth depth = depths[now][k];
      a_slice[k][m] = m < rows && k < slice ? a[pass.row(m) + depth.a] : T(0);
    }
#pragma unroll
    for (int i = thread; i < Tile::kColumns * kSlice; i += Tile::kThreads) {
      const int k = Pass::kLanesAlongDepth ? i % kSlice : i / Tile::kColumns;
      const int n = Pass::kLanesAlongDepth ? i / kSlice : i % Tile::kColumns;
      T value = 0;
      if (n < column_count && k < slice) {
        const Depth depth = depths[now][k];
        const Spot column = columns[n];
        value = pass.b(column, depth.spot);
      }
      b_slice[k][n] = value;
    }
    if (thread < kSlice) {
      depths[now ^ 1][thread] = pass.at_depth(group, k0 + kSlice + thread);
    }
    __syncthreads();
#pragma unroll
    for (int k = 0; k < kSlice; ++k) {
      Quad<T> from_a[kQuads], from_b[kQuads];
#pragma unroll
      for (int q = 0; q < kQuads; ++q) {
        from_a[q] = *reinterpret_cast<const Quad<T>*>(&a_slice[k][thread_row + q * Tile::kRows / kQuads]);
        from_b[q] =
            *reinterpret_cast<const Quad<T>*>(&b_slice[k][thread_column + q * Tile::kColumns / kQuads]);
      }
#pragma unroll
      for (int i = 0; i < 4 * kQuads; ++i) {
#pragma unroll
        for (int j = 0; j < 4 * kQuads; ++j) {
          sums[i][j] += from_a[i / 4].number[i % 4] * from_b[j / 4].number[j % 4];
        }
      }
    }
    __syncthreads();
  }

#pragma unroll
  for (int j = 0; j < 4 * kQuads; ++j) {
    const int n = thread_column + j / 4 * Tile::kColumns / kQuads + j % 4;
    if (n < column_count) {
      const int64_t at = pass.result(group, first_column + n);
#pragma unroll
      for (int i = 0; i < 4 * kQuads; ++i) {
        const int m = thread_row + i / 4 * Tile::kRows / kQuads + i % 4;
        if (m < rows) {
          pass.write(group, first_row + m, at, sums[i][j], split);
        }
      }
    }
  }
}

template <class T, class Tile, class Pass>
int64_t tile_count(const Pass& pass) {
  return int64_t{blocks_for(pass.rows(), Tile::kRows)} * blocks_for(pass.columns(), Tile::kColumns) *
         pass.g.groups;
}

/// Starts the product in tiles of one kind, with the depth in parts that are `part` long.
template <class T, class Tile, class Pass>
void launch_tiles(const Pass& pass, int64_t part) {
  const Tiling tiling = {blocks_for(pass.rows(), Tile::kRows), blocks_for(pass.columns(), Tile::kColumns),
                         part};
  const int64_t blocks = tile_count<T, Tile>(pass) * blocks_for(pass.depth(), part);
  launch<tile_product<T, Tile, Pass>>({.grid = static_cast<unsigned>(blocks), .block = Tile::kThreads}, pass,
                                      tiling);
}

/// Calls body.operator()<Tile>() with the tiles that suit the pass: large ones where enough of them are full
/// to give all of a GPU work. Doubles would not find room for theirs in registers.
template <class T, class Pass, class Body>
void with_tile(const Pass& pass, const Body& body) {
  constexpr int64_t kEnoughBlocks = 128;
  if (pass.rows() <= FlatTile::kRows) {
    return body.template operator()<FlatTile>();
  }
  if constexpr (sizeof(T) == 4) {
    if (pass.rows() > SquareTile::kRows && tile_count<T, LargeTile>(pass) >= kEnoughBlocks) {
      return body.template operator()<LargeTile>();
    }
  }
  body.template operator()<SquareTile>();
}

}  // namespace helder::kernels::implicit
