#pragma once

#include "kernels/matmul/ahead.h"
#include "kernels/matmul/packing.h"
#include "tensor/workspace.h"

/// The loops of a large product, between memory and the tile. B is packed a block at a time, which stays in
/// level 2; A a panel at a time, which stays in level 1, just before it meets the block:
///
///   for each block of columns          as many as level 2 holds of a slice
///     for each slice of k              384 deep; packed now, 3/8 of level 2
///       for each panel of rows         8 high; packed now, 8 x 384 of A: 12 KiB, in level 1
///         for each panel of columns    48 wide, streams from level 2, 3 lines a step
///           one tile of 8 x 48 sums, in registers
///
/// The deeper a slice, the less often C is read and written, and the longer the tile runs between its start
/// and its end. The wider a block, the less often A is packed.
namespace helder::kernels {

/// The most k of one slice.
template <class T>
inline constexpr int64_t kBlockDepth = 1536 / static_cast<int64_t>(sizeof(T));

/// A tile calls for a line every so many steps. 24 multiply-adds a step are 12 cycles.
inline constexpr int kAheadSteps = 8;

/// A tile whose A and B are packed. It calls for its own part of C first, then for what `ahead` has left.
template <class T, int Rows, int Vectors>
void multiply_tile_ahead(int64_t depth, const T* a, const T* b, const TileOutput<T>& out, Ahead& ahead) {
  constexpr int64_t row = Vectors * simd::kLanes<T>;  // of B's panel
  compute_tile<T, Rows, Vectors, false>(out, [&](auto& sums) {
    Ahead own(out.c, out.columns * sizeof(T), out.ldc * static_cast<int64_t>(sizeof(T)), Rows);
    Ahead next = ahead;
    const auto multiply = [&](int64_t k, int64_t count) __attribute__((always_inline)) {
      multiply_add<T, Rows, Vectors, false>(
          sums, count, [=](int r, int64_t i) { return a[(k + i) * Rows + r]; },
          [=](int64_t i) { return b + (k + i) * row; });
    };
    int64_t k = 0;
    for (; k + kAheadSteps <= depth; k += kAheadSteps) {
      if (!own.template call<true>()) {
        next.call();
      }
      multiply(k, kAheadSteps);
    }
    multiply(k, depth - k);
    ahead = next;
  });
}

/// What a panel of A will read from memory.
template <class T>
Ahead panel_ahead(const Matrix<T>& a, int64_t row, int64_t rows, int64_t k, int64_t depth) {
  constexpr auto size = static_cast<int64_t>(sizeof(T));
  if (rows <= 0) {
    return {};
  }
  if (a.column_stride == 1) {
    return {&a(row, k), depth * size, a.row_stride * size, rows};
  }
  return a.row_stride == 1 ? Ahead(&a(row, k), rows * size, a.column_stride * size, depth) : Ahead();
}

/// C = start + A B for the rows [row_begin, row_end) and the columns [column_begin, column_end) of C, on this
/// thread. Each number's sum runs over slices of k that depend on K alone: it is the same wherever the
/// borders of blocks are.
template <class T>
void multiply_blocks(int64_t row_begin, int64_t row_end, int64_t column_begin, int64_t column_end, int64_t K,
                     const Matrix<T>& a, const Matrix<T>& b, T* c, int64_t ldc, Start<T> start,
                     int64_t block_numbers) {
  constexpr int lanes = simd::kLanes<T>;
  const Split slices(K, kBlockDepth<T>, 1);
  const Split blocks(column_end - column_begin, block_numbers / slices.size, kTileColumns<T>);
  const Workspace<T> b_block(slices.size * (blocks.size + lanes)), a_panel(slices.size * kTileRows);
  for (int64_t block = column_begin; block < column_end; block += blocks.size) {
    for (int64_t k = 0; k < K; k += slices.size) {
      const int64_t depth = std::min(slices.size, K - k);
      const PackedColumns<T> columns{b_block.data(), depth, std::min(blocks.size, column_end - block)};
      MatrixColumns<T>{b}(k, block, columns);
      const Start<T> begin = k == 0 ? start : Start<T>::from_output();
      for (int64_t row = row_begin; row < row_end; row += kTileRows) {
        const int64_t rows = std::min<int64_t>(kTileRows, row_end - row);
        pack_row_panel(Matrix<T>{&a(row, k), a.row_stride, a.column_stride}, rows, depth, a_panel.data());
        Ahead ahead = panel_ahead(a, row + kTileRows, std::min<int64_t>(kTileRows, row_end - row - kTileRows),
                                  k, depth);
        for (int64_t j = 0; j < columns.columns; j += kTileColumns<T>) {
          const int64_t column = block + j;
          TileOutput<T> tile{c + row * ldc + column, ldc,
                             std::min<int64_t>(kTileColumns<T>, columns.columns - j), begin};
          tile.start.bias += begin.kind == Start<T>::RowBias      ? row
                             : begin.kind == Start<T>::ColumnBias ? column
                                                                  : 0;
          const T* panel = columns.panel(j);
          with_tile_size(rows, (tile.columns + lanes - 1) / lanes, [&]<int Rows, int Vectors>() {
            multiply_tile_ahead<T, Rows, Vectors>(depth, a_panel.data(), panel, tile, ahead);
          });
        }
      }
    }
  }
}

}  // namespace helder::kernels
