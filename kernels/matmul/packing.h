#pragma once

#include <algorithm>

#include "kernels/matmul/tile.h"
#include "tensor/parallel.h"

/// Packing: copies of A and B in the order in which the tiles read them. A tile then walks two short
/// contiguous streams, whatever the strides of the matrices, and neither TLB entries nor cache sets go to
/// rows far apart.
namespace helder::kernels {

/// n cut into `count` parts of `size` (the last may be shorter): as few as keep to `most`, about equal,
/// `size` a multiple of `unit`.
struct Split {
  int64_t count, size;

  Split(int64_t n, int64_t most, int64_t unit) {
    most = std::max<int64_t>(1, most);
    const int64_t parts = std::max<int64_t>(1, (n + most - 1) / most);
    size = std::max<int64_t>(1, ((n + parts - 1) / parts + unit - 1) / unit) * unit;
    count = (n + size - 1) / size;
  }
};

/// The most k of one slice: 192 rows of a panel of 48 floats are 36 KiB, which leaves room for a panel of A
/// in the 48 KiB of level 1 of a big core. Smaller ones do not lose by it: a panel is read from front to
/// back, which the prefetcher sees coming.
inline constexpr int64_t kSliceDepth = 192;

/// A [rows, depth] in panels of kTileRows rows: for each slice of k, for each panel, for each k, the numbers
/// of the panel's rows. The last panel has the rows that are left: nothing is padded.
template <class T>
struct PackedRows {
  const T* data;
  int64_t rows, depth;
  Split slices;

  PackedRows(const T* packed, int64_t row_count, int64_t k_count)
      : data(packed), rows(row_count), depth(k_count), slices(k_count, kSliceDepth, 1) {}

  int64_t slice_depth(int64_t k) const { return std::min(slices.size, depth - k); }
  /// Where the panel begins that starts at `row`, a multiple of kTileRows, in the slice that starts at k.
  int64_t offset(int64_t row, int64_t k) const { return k * rows + row * slice_depth(k); }
};

/// Reads count (<= lanes) rows of `lanes` numbers, row i at p + i * stride, and transposes them:
/// squares[j][i] = p[i * stride + j], and 0 for i >= count.
template <class T>
HELDER_INLINE void load_transposed(const T* p, int64_t stride, int64_t count,
                                   simd::Vec<T> (&square)[simd::kLanes<T>]) {
#pragma GCC unroll 16
  for (int i = 0; i < simd::kLanes<T>; ++i) {
    square[i] = i < count ? simd::load(p + i * stride) : simd::Vec<T>{};
  }
  simd::transpose<T>(square);
}

/// Half a square, where a panel is half as high as a vector is long: 8 rows of 16 floats, row i at p + i *
/// stride, to packed[j * 8 + i]. Three rounds of exchanges bring each column's 8 numbers together, column j
/// and column j + 1 taking turns in a vector; one shuffle sets them one behind the other.
template <class T, int... Lane>
HELDER_INLINE void pack_half_square(const T* p, int64_t stride, T* packed,
                                    std::integer_sequence<int, Lane...> lanes) {
  constexpr int rows = simd::kLanes<T> / 2;
  simd::Vec<T> v[rows];
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
    v[i] = simd::load(p + i * stride);
  }
  const auto exchange_rows = [&]<int Distance>(std::integral_constant<int, Distance>)
      __attribute__((always_inline)) {
#pragma GCC unroll 16
    for (int i = 0; i < rows; ++i) {
      if ((i & Distance) == 0) {
        simd::exchange<T, 2 * Distance>(v[i], v[i + Distance], lanes);
      }
    }
  };
  exchange_rows(std::integral_constant<int, 4>());
  exchange_rows(std::integral_constant<int, 2>());
  exchange_rows(std::integral_constant<int, 1>());
#pragma GCC unroll 16
  for (int i = 0; i < rows; ++i) {
    simd::store(packed + i * simd::kLanes<T>,
                simd::Vec<T>(__builtin_shufflevector(v[i], v[i], (Lane % rows * 2 + Lane / rows)...)));
  }
}

/// packed[k * rows + r] = a(r, k)  for r in [0, rows), k in [0, depth).
template <class T>
void pack_row_panel(const Matrix<T>& a, int64_t rows, int64_t depth, T* packed) {
  constexpr int lanes = simd::kLanes<T>;
  int64_t k = 0;
  if (a.row_stride == 1) {  // the numbers of a column are neighbours
    for (; k < depth; ++k) {
      simd::copy(&a(0, k), rows, packed + k * rows);
    }
  } else if (a.column_stride == 1) {  // the numbers of a row are neighbours: transpose squares in registers
    if constexpr (kTileRows == 8 && lanes == 2 * kTileRows) {
      for (; rows == kTileRows && k + lanes <= depth; k += lanes) {
        pack_half_square(&a(0, k), a.row_stride, packed + k * rows, std::make_integer_sequence<int, lanes>());
      }
    }
    for (; k + lanes <= depth; k += lanes) {
      for (int64_t r = 0; r < rows; r += lanes) {
        const int64_t count = std::min<int64_t>(lanes, rows - r);
        simd::Vec<T> square[lanes];
        load_transposed(&a(r, k), a.row_stride, count, square);
#pragma GCC unroll 16
        for (int j = 0; j < lanes; ++j) {
          T* p = packed + (k + j) * rows + r;
          if (count == lanes || (r == 0 && (k + j) * rows + lanes <= depth * rows)) {
            simd::store(p, square[j]);  // what is too much lies in row k + j + 1, which is written next
          } else {
            simd::store_partial(p, square[j], count);
          }
        }
      }
    }
  }
  for (; k < depth; ++k) {
    for (int64_t r = 0; r < rows; ++r) {
      packed[k * rows + r] = a(r, k);
    }
  }
}

/// Packs all of A, on all threads. `packed` holds rows x depth numbers.
template <class T>
void pack_rows(const Matrix<T>& a, const PackedRows<T>& layout, T* packed) {
  const int64_t panels = (layout.rows + kTileRows - 1) / kTileRows;
  const int64_t grain = std::max<int64_t>(1, kElementGrain / (kTileRows * layout.slices.size));
  parallel_for(layout.slices.count * panels, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t k = i / panels * layout.slices.size;
      const int64_t row = i % panels * kTileRows;
      const Matrix<T> part{&a(row, k), a.row_stride, a.column_stride};
      pack_row_panel(part, std::min<int64_t>(kTileRows, layout.rows - row), layout.slice_depth(k),
                     packed + layout.offset(row, k));
    }
  });
}

/// Some columns of a slice of B in panels of kTileColumns columns: for each panel, for each k, the numbers of
/// the panel's columns. The last panel has as many whole vectors as it needs, zeros behind the last column.
template <class T>
struct PackedColumns {
  T* data;
  int64_t depth, columns;

  /// Room for `columns` columns of any slice.
  static int64_t size(int64_t columns) { return kSliceDepth * (columns + simd::kLanes<T> - 1); }

  /// Numbers from one k to the next, in the panel that begins at `column`, a multiple of kTileColumns.
  int64_t stride(int64_t column) const {
    const int64_t rest = columns - column;
    return rest >= kTileColumns<T> ? kTileColumns<T>
                                   : (rest + simd::kLanes<T> - 1) / simd::kLanes<T> * simd::kLanes<T>;
  }
  T* panel(int64_t column) const { return data + column * depth; }
  /// Where the vector goes that begins at (k, column), column a multiple of the lanes.
  T* vector(int64_t k, int64_t column) const {
    const int64_t in_panel = column % kTileColumns<T>;
    return panel(column - in_panel) + k * stride(column - in_panel) + in_panel;
  }
};

/// A source of columns of B is anything that is called with a part of B, and writes it:
///
///   source(k, column, packed):  B[k + i, column + j]  to packed, for i in [0, packed.depth), j in [0,
///   packed.columns)
///
/// This one reads a matrix; convolution's read an image, and no column matrix (im2col) ever exists.
template <class T>
struct MatrixColumns {
  Matrix<T> b;

  static constexpr int64_t kRowsAhead = 8;  // rows that are called for before they are copied

  void operator()(int64_t k, int64_t column, const PackedColumns<T>& packed) const {
    constexpr int lanes = simd::kLanes<T>;
    const T* first = &b(k, column);
    const int64_t depth = packed.depth, columns = packed.columns;
    if (b.column_stride == 1) {  // copy rows, the whole width at a time: that is how memory likes to be read
      for (int64_t i = 0; i < depth; ++i) {
        const T* row = first + i * b.row_stride;
        for (int64_t j = 0; j < columns && i + kRowsAhead < depth; j += lanes) {
          __builtin_prefetch(row + kRowsAhead * b.row_stride + j);
        }
        for (int64_t panel = 0; panel < columns; panel += kTileColumns<T>) {
          T* out = packed.vector(i, panel);
          int64_t rest = std::min<int64_t>(kTileColumns<T>, columns - panel);
          const T* in = row + panel;
          for (; rest >= lanes; rest -= lanes, in += lanes, out += lanes) {
            simd::store(out, simd::load(in));
          }
          if (rest > 0) {
            simd::store(out, simd::load_partial(in, rest));
          }
        }
      }
      return;
    }
    for (int64_t j = 0; j < columns; j += lanes) {
      const int64_t count = std::min<int64_t>(lanes, columns - j);
      const T* p = first + j * b.column_stride;
      T* out = packed.vector(0, j);
      const int64_t stride = packed.stride(j / kTileColumns<T> * kTileColumns<T>);
      int64_t i = 0;
      if (b.row_stride == 1) {  // transpose squares in registers
        for (; i + lanes <= depth; i += lanes) {
          simd::Vec<T> square[lanes];
          load_transposed(p + i, b.column_stride, count, square);
#pragma GCC unroll 16
          for (int r = 0; r < lanes; ++r) {
            simd::store(out + (i + r) * stride, square[r]);
          }
        }
      }
      for (; i < depth; ++i) {
        for (int lane = 0; lane < lanes; ++lane) {
          out[i * stride + lane] = lane < count ? p[i * b.row_stride + lane * b.column_stride] : T(0);
        }
      }
    }
  }
};

}  // namespace helder::kernels
