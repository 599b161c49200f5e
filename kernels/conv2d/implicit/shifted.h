#pragma once

#include "kernels/conv2d/implicit/band.h"
#include "kernels/matmul/panels.h"

namespace helder::kernels {

/// out [outputs, rows x width] = epilogue of weights [outputs, depth] columns [depth, rows x width], rows of
/// `out` ldc apart, without packing the columns.
///
/// Where the stride is 1, the column matrix of a whole band is the band itself, shifted, if one lets an
/// output row be as long as a row of the band: 26 columns for 24 outputs. Tiles read their vectors there, and
/// the columns between the ends of the outputs and of the band's rows are computed in vain and dropped.
template <class T>
void multiply_shifted(const PackedRows<T>& weights, const BandColumns<T>& columns, T* out, int64_t ldc,
                      const Epilogue<T>& epilogue) {
  constexpr int lanes = simd::kLanes<T>;
  const int64_t end = (columns.rows - 1) * columns.row_step + columns.width;
  alignas(64) T tile[kTileRows * kTileColumns<T>];
  for (int64_t column = 0; column < end; column += kTileColumns<T>) {
    const int64_t count = std::min<int64_t>(kTileColumns<T>, end - column);
    const T* first = columns.band + column;
    const int64_t* offsets = columns.offsets;
    for (int64_t row = 0; row < weights.rows; row += kTileRows) {
      const int64_t rows = std::min<int64_t>(kTileRows, weights.rows - row);
      with_tile_size(rows, (count + lanes - 1) / lanes, [&]<int Rows, int Vectors>() {
        const TileOutput<T> output{tile, kTileColumns<T>, Vectors * lanes, {}};
        compute_tile<T, Rows, Vectors>(
            output, [&](auto& sums) __attribute__((always_inline)) {
              for (int64_t k = 0; k < weights.depth; k += weights.slices.size) {
                const T* a = weights.data + weights.offset(row, k);
                const auto number = [a](int r, int64_t i) { return a[i * Rows + r]; };
                const auto vectors = [first, o = offsets + k](int64_t i) { return first + o[i]; };
                const int64_t last = count - (Vectors - 1) * lanes;
                if (last == lanes) {
                  multiply_add<T, Rows, Vectors, false>(sums, weights.slice_depth(k), number, vectors);
                } else {
                  multiply_add<T, Rows, Vectors, true>(sums, weights.slice_depth(k), number, vectors, last);
                }
              }
            });
      });
      // The runs of the tile that are outputs.
      for (int64_t j = column; j < column + count;) {
        const int64_t i = j / columns.row_step, x = j % columns.row_step;
        if (x >= columns.width) {
          j += columns.row_step - x;
          continue;
        }
        const int64_t run = std::min(columns.width - x, column + count - j);
        for (int64_t r = 0; r < rows; ++r) {
          const int64_t at = (row + r) * ldc + i * columns.width + x;
          finish_run(tile + r * kTileColumns<T> + j - column, run, epilogue.from(row + r, at), out + at);
        }
        j += run;
      }
    }
  }
}

/// Which way is cheaper, in cycles for one tile's width of columns, as measured. Packing copies, for each k,
/// a piece for every vector and one more for every output row that ends within the tile: 4 cycles each.
/// Reading in place wastes a part of the multiply-adds (two vectors a cycle), and copies its outputs once
/// more: 50 cycles a tile.
template <class T>
bool shifted_is_cheaper(int64_t outputs, int64_t depth, const BandColumns<T>& columns) {
  if (columns.row_step < columns.width) {
    return false;  // 1 x 1 kernels with a stride
  }
  const int64_t tiles = (outputs + kTileRows - 1) / kTileRows;
  const int64_t product = depth * outputs * kTileVectors / 2;
  const int64_t wasted = product * (columns.row_step - columns.width) / columns.width;
  const int64_t packing = 4 * depth * (kTileVectors + kTileColumns<T> / columns.width);
  return wasted + 50 * tiles < packing;
}

/// The product of packed weights and the columns of a band, by either way.
template <class T>
void multiply_band(const PackedRows<T>& weights, const BandColumns<T>& columns, T* out, int64_t ldc,
                   const Epilogue<T>& epilogue, T* scratch) {
  if (shifted_is_cheaper(weights.rows, weights.depth, columns)) {
    multiply_shifted(weights, columns, out, ldc, epilogue);
  } else {
    multiply_columns(weights, 0, weights.rows, columns, 0, columns.rows * columns.width, out, ldc, Start<T>{},
                     scratch, epilogue);
  }
}

}  // namespace helder::kernels
