#pragma once

#include <limits>

#include "kernels/attention/attention.h"
#include "kernels/dropout/mask.h"
#include "kernels/matmul/packing.h"

// What forward and backward share: products of blocks that lie in the cache, and masks on a block of scores.
// Private to the attention kernels.
namespace helder::kernels {

/// Scores stand in rows this far apart, in forward and in backward: room for kMostKeys and a vector, and an
/// odd number of cache lines of floats, so that a column is spread over all of the cache's sets.
inline constexpr int64_t kMostKeys = 240;  // a multiple of every kTileColumns
inline constexpr int64_t kScoreStride = kMostKeys + 32;
static_assert(kMostKeys % kTileColumns<float> == 0 && kMostKeys % kTileColumns<double> == 0);

template <class T>
constexpr int64_t whole_vectors(int64_t n) {
  return (n + simd::kLanes<T> - 1) / simd::kLanes<T> * simd::kLanes<T>;
}

/// The left side of a product, as the tiles read it: row tile t begins at data + t * tile_stride, and its
/// element (r, k) is RowStride * r + KStride * k further.
template <class T, int64_t RowStride, int64_t KStride>
struct TileRows {
  const T* data;
  int64_t tile_stride;
};

/// Scores as they stand, and transposed.
template <class T>
using ScoreRows = TileRows<T, kScoreStride, 1>;
template <class T>
ScoreRows<T> score_rows(const T* scores) {
  return {scores, kTileRows * kScoreStride};
}
template <class T>
using ScoreColumns = TileRows<T, 1, kScoreStride>;
template <class T>
ScoreColumns<T> score_columns(const T* scores) {
  return {scores, kTileRows};
}

/// c[rows, columns] (+)= a b for up to kTileColumns columns: row k of b begins at b + k * b_step, and its
/// last vector is whole.
template <class T, int64_t RowStride, int64_t KStride>
void multiply_panel(int64_t rows, int64_t columns, int64_t depth, const TileRows<T, RowStride, KStride>& a,
                    const T* b, int64_t b_step, T* c, int64_t ldc, Start<T> start) {
  constexpr int lanes = simd::kLanes<T>;
  for (int64_t row = 0; row < rows; row += kTileRows) {
    const T* tile = a.data + row / kTileRows * a.tile_stride;
    const TileOutput<T> out{c + row * ldc, ldc, columns, start};
    with_tile_size(std::min<int64_t>(kTileRows, rows - row), (columns + lanes - 1) / lanes,
                   [=]<int Rows, int Vectors>() {
                     compute_tile<T, Rows, Vectors>(out, [=](auto& sums) {
                       const auto number = [tile](int r, int64_t k) {
                         return tile[r * RowStride + k * KStride];
                       };
                       const auto vectors = [b, b_step](int64_t k) { return b + k * b_step; };
                       multiply_add<T, Rows, Vectors, false>(sums, depth, number, vectors);
                     });
                   });
  }
}

/// Columns in panels of about equal width, 2 x 32 of 64 rather than 48 + 16.
template <class T>
Split column_panels(int64_t columns) {
  return Split(columns, kTileColumns<T>, simd::kLanes<T>);
}

/// Rows of x [rows, columns], times `factor`, in panels of columns: panel after panel, row after row, each of
/// whole vectors, zeros behind the last column. Rows of a panel that lay a whole row apart would fall on a
/// part of the cache's sets.
template <class T>
void copy_panels(const T* x, int64_t row_stride, int64_t rows, int64_t columns, T factor, T* copy) {
  constexpr int lanes = simd::kLanes<T>;
  const Split panels = column_panels<T>(columns);
  for (int64_t j = 0; j < columns; j += panels.size) {
    const int64_t width = std::min(panels.size, columns - j);
    for (int64_t r = 0; r < rows; ++r) {
      const T* from = x + r * row_stride + j;
      int64_t rest = width;
      for (; rest >= lanes; rest -= lanes, from += lanes, copy += lanes) {
        simd::store(copy, simd::load(from) * factor);
      }
      if (rest > 0) {
        simd::store(copy, simd::load_partial(from, rest) * factor);
        copy += lanes;
      }
    }
  }
}

/// c [rows, columns] += a b, where copy_panels made b [depth, columns].
template <class T, int64_t RowStride, int64_t KStride>
void multiply_panels(int64_t rows, int64_t columns, int64_t depth, const TileRows<T, RowStride, KStride>& a,
                     const T* b, T* c, int64_t ldc) {
  const Split panels = column_panels<T>(columns);
  for (int64_t j = 0; j < columns; j += panels.size) {
    const int64_t width = std::min(panels.size, columns - j);
    multiply_panel(rows, width, depth, a, b + j * depth, whole_vectors<T>(width), c + j, ldc,
                   Start<T>::from_output());
  }
}

/// scores = a b, rows kScoreStride apart, whole vectors of them.
template <class T, int64_t RowStride, int64_t KStride>
void multiply_packed(int64_t rows, const TileRows<T, RowStride, KStride>& a, const PackedColumns<T>& b,
                     T* scores) {
  for (int64_t j = 0; j < b.columns; j += kTileColumns<T>) {
    multiply_panel(rows, whole_vectors<T>(std::min<int64_t>(kTileColumns<T>, b.columns - j)), b.depth, a,
                   b.panel(j), b.stride(j), scores + j, kScoreStride, Start<T>{});
  }
}

/// Packs rows of x, times `factor`, for TileRows<T, 1, kTileRows>: kTileRows rows a panel, feature by
/// feature.
template <class T>
TileRows<T, 1, kTileRows> pack_tiles(const T* x, int64_t row_stride, int64_t rows, int64_t depth, T factor,
                                     T* packed) {
  for (int64_t row = 0; row < rows; row += kTileRows) {
    T* panel = packed + row * depth;
    const Matrix<T> from{x + row * row_stride, row_stride, 1};
    if (row + kTileRows <= rows) {
      pack_row_panel<T>(from, kTileRows, depth, panel);
      for (int64_t j = 0; j < kTileRows * depth; ++j) {
        panel[j] *= factor;
      }
    } else {
      for (int64_t k = 0; k < depth; ++k) {
        for (int64_t r = 0; r < rows - row; ++r) {
          panel[k * kTileRows + r] = from(r, k) * factor;
        }
      }
    }
  }
  return {packed, kTileRows * depth};
}

/// The transpose of `rows` rows of x, in panels of columns.
template <class T>
PackedColumns<T> pack_transposed(const T* x, int64_t row_stride, int64_t rows, int64_t depth, T* packed) {
  const PackedColumns<T> columns{packed, depth, rows};
  MatrixColumns<T>{{x, 1, row_stride}}(0, 0, columns);
  return columns;
}

/// A block of scores: the queries row .. row + rows - 1 and the keys key .. key + keys - 1 of attention i.
struct ScoreBlock {
  int64_t i, row, rows, key, keys;
};

/// Adds the mask, and puts -infinity where a query must not attend and behind the last key.
template <class T>
void mask_scores(const AttentionGeometry& g, const AttentionMask<T>& mask, const ScoreBlock& block,
                 T* scores) {
  constexpr T kNever = -std::numeric_limits<T>::infinity();
  for (int64_t r = 0; r < block.rows; ++r) {
    T* s = scores + r * kScoreStride;
    const int64_t row = block.row + r;
    const int64_t keys = g.causal ? std::clamp<int64_t>(row + 1 - block.key, 0, block.keys) : block.keys;
    if (mask.added || mask.attend) {
      const int64_t first =
          mask.offsets[static_cast<size_t>(block.i)] + row * mask.row_stride + block.key * mask.key_stride;
      const auto for_each_key = [&](auto stride) {
        for (int64_t j = 0; j < keys; ++j) {
          if (mask.added) {
            s[j] += mask.added[first + j * stride];
          } else {
            s[j] = mask.attend[first + j * stride] ? s[j] : kNever;
          }
        }
      };
      if (mask.key_stride == 1) {
        for_each_key(std::integral_constant<int64_t, 1>());
      } else {
        for_each_key(mask.key_stride);
      }
    }
    std::fill(s + keys, s + whole_vectors<T>(block.keys), kNever);
  }
}

/// weights[j] = 0 where weight (i, row, key + j) is dropped, else weights[j] / (1 - dropout). key is a
/// multiple of 4.
template <class T>
void drop_weights(const AttentionGeometry& g, int64_t i, int64_t row, int64_t key, int64_t keys, T* weights) {
  const uint32_t threshold = drop_threshold(g.dropout);
  const T scale = keep_scale<T>(g.dropout);
  uint32_t words[kPhiloxWords];
  for (int64_t first = 0; first < keys; first += kPhiloxWords) {
    philox_words(g.seed, g.counter(i, row) + static_cast<uint64_t>(key + first) / 4, words);
    T* w = weights + first;
    for (int64_t j = 0; j < std::min(kPhiloxWords, keys - first); ++j) {
      w[j] = words[j] < threshold ? T(0) : w[j] * scale;
    }
  }
}

}  // namespace helder::kernels
