#pragma once

#include "kernels/matmul/packing.h"

namespace helder::kernels {

/// The columns that are packed together: four full panels. With 192 k of floats that is 144 KiB, in level 2.
template <class T>
inline constexpr int64_t kGroupColumns = 4 * kTileColumns<T>;

/// C[rows, columns] = end(start + A B) for the rows [row_begin, row_end) and the columns [column_begin,
/// column_end), A packed and B from a source of columns. Where the speed comes from:
///
///   for each slice of k                  (192 deep)
///     for each group of columns          (192 wide)  packed now, into level 2
///       for each panel of columns        (48 wide)   192 x 48 of B: stays in level 1
///         for each panel of rows         (8 high)    8 x 192 of A: streams from level 2, 8 numbers a step
///           one tile of 8 x 48 sums, in registers
///
/// `c` is C's element (0, 0); row_begin is a multiple of kTileRows; `scratch` has room for
/// PackedColumns<T>::size(kGroupColumns<T>).
template <class T, class Source>
void multiply_columns(const PackedRows<T>& a, int64_t row_begin, int64_t row_end, const Source& source,
                      int64_t column_begin, int64_t column_end, T* c, int64_t ldc, Start<T> start, T* scratch,
                      const Epilogue<T>& end = {}) {
  constexpr int lanes = simd::kLanes<T>;
  for (int64_t k = 0; k < a.depth; k += a.slices.size) {
    const int64_t depth = a.slice_depth(k);
    const Start<T> begin = k == 0 ? start : Start<T>::from_output();
    const bool last = k + depth == a.depth;
    for (int64_t group = column_begin; group < column_end; group += kGroupColumns<T>) {
      const PackedColumns<T> b{scratch, depth, std::min(kGroupColumns<T>, column_end - group)};
      source(k, group, b);
      for (int64_t j = 0; j < b.columns; j += kTileColumns<T>) {
        const T* panel = b.panel(j);
        const int64_t column = group + j;
        for (int64_t row = row_begin; row < row_end; row += kTileRows) {
          const T* rows = a.data + a.offset(row, k);
          TileOutput<T> tile{c + row * ldc + column, ldc, std::min<int64_t>(kTileColumns<T>, b.columns - j),
                             begin, last ? end.from(row, row * ldc + column) : Epilogue<T>{}};
          tile.start.bias += begin.kind == Start<T>::RowBias      ? row
                             : begin.kind == Start<T>::ColumnBias ? column
                                                                  : 0;
          with_tile_size(std::min<int64_t>(kTileRows, row_end - row), (tile.columns + lanes - 1) / lanes,
                         [=]<int Rows, int Vectors>() {
                           compute_tile<T, Rows, Vectors>(tile, [=](auto& sums) {
                             const auto number = [rows](int r, int64_t i) { return rows[i * Rows + r]; };
                             const auto vectors = [panel](int64_t i) { return panel + i * Vectors * lanes; };
                             multiply_add<T, Rows, Vectors, false>(sums, depth, number, vectors);
                           });
                         });
        }
      }
    }
  }
}

}  // namespace helder::kernels
