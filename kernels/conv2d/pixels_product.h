#pragma once

#include "kernels/conv2d/even_parts.h"
#include "kernels/matmul/packing.h"
#include "tensor/workspace.h"

/// Matrix products whose columns are pixels, for convolutions:
///
///   y[n][m, p] = end( sum over k of a[m, k] B[k, n P + p] )     a [rows, depth], B [depth, images P]
///
/// a are weights, B comes from a source of columns (kernels/matmul/packing.h). Unlike kernels/matmul/panels.h
/// this knows that columns belong to pictures, whose last vectors may be short (49 pixels), that all of a
/// batch may be one product, and that for a single deep picture the weights are most of the data.
namespace helder::kernels {

/// Where the results go: y [images, rows, pixels].
template <class T>
struct PixelOutput {
  T* y;
  int64_t rows, pixels;

  /// Of (row, column), the columns counted through all images.
  int64_t offset(int64_t row, int64_t column) const {
    return (column / pixels * rows + row) * pixels + column % pixels;
  }
};

namespace pixels_product {

/// Vectors of columns in panels of at most kTileVectors, about equal: a tile of a single vector cannot keep
/// the multiply-adds busy, so 4 vectors are 2 + 2.
template <class T>
struct Panels {
  int64_t columns;  // that exist; the last vector may hold less
  EvenParts parts;

  explicit Panels(int64_t column_count)
      : columns(column_count), parts{(column_count + simd::kLanes<T> - 1) / simd::kLanes<T>, 0} {
    parts.count = (parts.n + kTileVectors - 1) / kTileVectors;
  }
  int64_t begin(int64_t panel) const { return parts.begin(panel) * simd::kLanes<T>; }
  int64_t count(int64_t panel) const { return std::min(columns, begin(panel + 1)) - begin(panel); }
  int64_t size(int64_t depth) const { return parts.n * simd::kLanes<T> * depth; }  // of all, packed
};

/// The columns of a tile: a packed panel, or rows of a picture where they are, `stride` numbers apart.
template <class T>
struct PackedPanel {
  const T* panel;

  template <int Vectors>
  HELDER_INLINE const T* row(int64_t k) const {
    return panel + k * Vectors * simd::kLanes<T>;
  }
};
template <class T>
struct PictureRows {
  const T* first;
  int64_t stride;

  template <int>
  HELDER_INLINE const T* row(int64_t k) const {
    return first + k * stride;
  }
};

/// One tile: rows [row, row + rows) of y, and `count` columns from `column` on. number(r, k) is a's.
template <class T, class Number, class Columns>
HELDER_INLINE void multiply_tile(int64_t row, int64_t rows, int64_t depth, const Number& number,
                                 const Columns& columns, int64_t column, int64_t count,
                                 const PixelOutput<T>& out, bool first, const Epilogue<T>& end) {
  constexpr int lanes = simd::kLanes<T>;
  const int64_t last = column + count - 1;
  const bool one_image = column / out.pixels == last / out.pixels;
  alignas(64) T parts[kTileRows * kTileColumns<T>];  // of a tile that reaches into the next image
  const int64_t offset = out.offset(row, column);
  const auto each_run = [&](const auto& body) {
    for (int64_t j = 0; j < count;) {
      const int64_t run = std::min(count - j, out.pixels - (column + j) % out.pixels);
      for (int64_t r = 0; r < rows; ++r) {
        body(parts + r * kTileColumns<T> + j, run, out.offset(row + r, column + j), r);
      }
      j += run;
    }
  };
  TileOutput<T> tile{out.y + offset, out.pixels, count, first ? Start<T>{} : Start<T>::from_output(),
                     one_image ? end.from(row, offset) : Epilogue<T>{}};
  if (!one_image) {
    tile.c = parts;
    tile.ldc = kTileColumns<T>;
    if (!first) {
      each_run([&](T* part, int64_t run, int64_t at, int64_t) { simd::copy(out.y + at, run, part); });
    }
  }
  with_tile_size(rows, (count + lanes - 1) / lanes, [&]<int Rows, int Vectors>() {
    compute_tile<T, Rows, Vectors>(
        tile, [&](auto& sums) __attribute__((always_inline)) {
          for (int64_t k = 0; k < depth; k += lanes) {  // as many as a line of each row holds
            number.ahead(k);
            multiply_add<T, Rows, Vectors, false>(
                sums, std::min<int64_t>(lanes, depth - k),
                [&](int r, int64_t i) { return number.template operator()<Rows>(r, k + i); },
                [&columns, k](int64_t i) { return columns.template row<Vectors>(k + i); });
          }
        });
  });
  if (!one_image) {
    each_run([&](T* part, int64_t run, int64_t at, int64_t r) {
      finish_run(part, run, end.from(row + r, at), out.y + at);
    });
  }
}

/// Rows of a where they are. They share a few cache sets when the depth is a power of two, which 8 rows can
/// bear. Such short pieces of rows nobody foresees: those of the next tile are called for meanwhile.
template <class T>
struct InPlace {
  Matrix<T> a;

  HELDER_INLINE void ahead(int64_t k) const {
    if (a.column_stride == 1) {
#pragma GCC unroll 16
      for (int r = 0; r < kTileRows; ++r) {
        __builtin_prefetch(&a(kTileRows + r, k));
      }
    }
  }

  template <int>
  HELDER_INLINE T operator()(int r, int64_t k) const {
    return a(r, k);
  }
};

/// Rows of a in the order of the tile.
template <class T>
struct Packed {
  const T* rows;

  HELDER_INLINE void ahead(int64_t) const {}  // they are one stream, which is foreseen
  template <int Rows>
  HELDER_INLINE T operator()(int r, int64_t k) const {
    return rows[k * Rows + r];
  }
};

/// Few columns: they are packed once for all threads, who then divide the rows. Each number of a is read by
/// one thread, from where it is: packing a would cost as much as the product.
template <class T, class Source>
void by_rows(const Matrix<T>& a, int64_t depth, const Source& source, int64_t columns,
             const PixelOutput<T>& out, const Epilogue<T>& end) {
  const Panels<T> panels(columns);
  const Split slices(depth, kSliceDepth, 1);
  const Workspace<T> packed(panels.size(depth));
  const auto slice_depth = [&](int64_t slice) { return std::min(slices.size, depth - slice * slices.size); };
  const auto panel_at = [&](int64_t slice, int64_t panel) {
    return packed.data() + panels.size(slice * slices.size) + panels.begin(panel) * slice_depth(slice);
  };
  parallel_for(slices.count * panels.parts.count, 4, [&](int64_t begin, int64_t finish) {
    for (int64_t i = begin; i < finish; ++i) {
      const int64_t slice = i / panels.parts.count, panel = i % panels.parts.count;
      source(slice * slices.size, panels.begin(panel),
             PackedColumns<T>{panel_at(slice, panel), slice_depth(slice), panels.count(panel)});
    }
  });
  // Tiles of rows, about 64 rows a task.
  const EvenParts tiles{(out.rows + kTileRows - 1) / kTileRows,
                        even_parts((out.rows + kTileRows - 1) / kTileRows, 64 / kTileRows).count};
  parallel_for(tiles.count, 1, [&](int64_t begin, int64_t finish) {
    for (int64_t task = begin; task < finish; ++task) {
      const int64_t first = tiles.begin(task) * kTileRows;
      const int64_t last = std::min(out.rows, tiles.begin(task + 1) * kTileRows);
      for (int64_t slice = 0; slice < slices.count; ++slice) {
        const Epilogue<T> then = slice + 1 == slices.count ? end : Epilogue<T>{};
        for (int64_t panel = 0; panel < panels.parts.count; ++panel) {
          for (int64_t row = first; row < last; row += kTileRows) {
            const InPlace<T> number{{&a(row, slice * slices.size), a.row_stride, a.column_stride}};
            multiply_tile<T>(row, std::min<int64_t>(kTileRows, last - row), slice_depth(slice), number,
                             PackedPanel<T>{panel_at(slice, panel)}, panels.begin(panel), panels.count(panel),
                             out, slice == 0, then);
          }
        }
      }
    }
  });
}

/// Many columns: a is packed once, a task takes some columns through all rows.
template <class T, class Source>
void by_columns(const Matrix<T>& a, int64_t depth, const Source& source, int64_t columns,
                const PixelOutput<T>& out, const Epilogue<T>& end) {
  constexpr int64_t lanes = simd::kLanes<T>;
  const Workspace<T> packed(out.rows * depth);
  const PackedRows<T> rows(packed.data(), out.rows, depth);
  pack_rows(a, rows, packed.data());
  const int64_t vectors = (columns + lanes - 1) / lanes;
  const EvenParts groups = even_parts(vectors, 4 * kTileVectors);
  parallel_for(groups.count, 1, [&](int64_t begin, int64_t finish) {
    const Workspace<T> scratch(groups.longest() * lanes * rows.slices.size);
    for (int64_t group = begin; group < finish; ++group) {
      const int64_t first = groups.begin(group) * lanes;
      const Panels<T> panels(std::min(columns, groups.begin(group + 1) * lanes) - first);
      for (int64_t k = 0; k < depth; k += rows.slices.size) {
        const int64_t slice_depth = rows.slice_depth(k);
        const Epilogue<T> then = k + slice_depth == depth ? end : Epilogue<T>{};
        for (int64_t panel = 0; panel < panels.parts.count; ++panel) {
          source(k, first + panels.begin(panel),
                 PackedColumns<T>{scratch.data() + panels.begin(panel) * slice_depth, slice_depth,
                                  panels.count(panel)});
        }
        for (int64_t panel = 0; panel < panels.parts.count; ++panel) {
          for (int64_t row = 0; row < out.rows; row += kTileRows) {
            multiply_tile<T>(row, std::min<int64_t>(kTileRows, out.rows - row), slice_depth,
                             Packed<T>{rows.data + rows.offset(row, k)},
                             PackedPanel<T>{scratch.data() + panels.begin(panel) * slice_depth},
                             first + panels.begin(panel), panels.count(panel), out, k == 0, then);
          }
        }
      }
    }
  });
}

/// A picture b [depth, columns] of many columns, and few rows of a or little depth: its numbers are read so
/// few times, or from so few places, that packing them costs more than it saves. All its vectors are full.
template <class T>
void in_place(const Matrix<T>& a, int64_t depth, const T* b, int64_t columns, const PixelOutput<T>& out,
              const Epilogue<T>& end) {
  constexpr int64_t lanes = simd::kLanes<T>;
  const Workspace<T> packed(out.rows * depth);
  const PackedRows<T> rows(packed.data(), out.rows, depth);
  pack_rows(a, rows, packed.data());
  const EvenParts groups = even_parts(columns / lanes, 4 * kTileVectors);
  parallel_for(groups.count, 1, [&](int64_t group, int64_t) {
    const int64_t first = groups.begin(group) * lanes;
    const Panels<T> panels(groups.begin(group + 1) * lanes - first);
    for (int64_t panel = 0; panel < panels.parts.count; ++panel) {
      const int64_t column = first + panels.begin(panel);
      for (int64_t row = 0; row < out.rows; row += kTileRows) {
        multiply_tile<T>(row, std::min<int64_t>(kTileRows, out.rows - row), depth,
                         Packed<T>{rows.data + rows.offset(row, 0)}, PictureRows<T>{b + column, columns},
                         column, panels.count(panel), out, true, end);
      }
    }
  });
}

/// Yolo-Fastest, whose early layers are of this kind, takes 0.92 of its time so, on one thread and on two.
inline bool is_better_in_place(int64_t rows, int64_t depth, int64_t columns, int64_t lanes) {
  constexpr int64_t kFewRows = 2 * kTileRows, kLittleDepth = 16;
  return columns % lanes == 0 && depth <= kSliceDepth && (rows <= kFewRows || depth <= kLittleDepth);
}

}  // namespace pixels_product

/// Up to so many numbers of B (2 MiB) and columns, packing them for all threads is the cheaper way.
inline constexpr int64_t kSharedColumns = 1024, kSharedNumbers = int64_t{1} << 19;

inline bool columns_are_few(int64_t depth, int64_t columns) {
  return columns <= kSharedColumns && depth * columns <= kSharedNumbers;
}

template <class T, class Source>
void multiply_pixels(const Matrix<T>& a, int64_t depth, const Source& source, int64_t columns,
                     const PixelOutput<T>& out, const Epilogue<T>& end) {
  columns_are_few(depth, columns) ? pixels_product::by_rows(a, depth, source, columns, out, end)
                                  : pixels_product::by_columns(a, depth, source, columns, out, end);
}

}  // namespace helder::kernels
