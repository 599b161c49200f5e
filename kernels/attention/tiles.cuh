#pragma once

#include "kernels/attention/attention_cuda.h"
#include "kernels/cuda/block_reduce.cuh"
#include "kernels/cuda/launch.h"
#include "kernels/dropout/threshold.h"
#include "tensor/random.h"

// What forward and backward share: tiles of scores, products of tiles, masks. Private to the attention
// kernels.
//
// A block of 16 x 16 threads has a tile of kSide x kSide numbers in its registers: thread (y, x) those of
// rows y, y + 16, ... and columns x, x + 16, .... All products are of two panels in shared memory that are
// kDepth deep: tile[r][c] += the sum over d of left[r][d] right[c][d].
namespace helder::kernels {

constexpr int kAttentionThreads = 256;
constexpr int kDepth = 32;
template <class T>
constexpr int kSide = sizeof(T) == sizeof(float) ? 64 : 32;
template <class T>
constexpr int kEach = kSide<T> / 16;  // rows and columns of a thread

template <class T>
using Tile = T[kEach<T>][kEach<T>];
/// What a panel in shared memory holds. The odd width spreads a column over all banks. Functions take panels
/// as `Panel&`, since they are plain arrays to nvcc, and arrays with checks to kernels/simt.
template <class T>
using PanelNumbers = T[kSide<T>][kDepth + 1];

__device__ inline int tile_x() { return static_cast<int>(threadIdx.x) % 16; }
__device__ inline int tile_y() { return static_cast<int>(threadIdx.x) / 16; }

/// `rows` rows of `columns` numbers. A tile's side covers the first kSide of them.
template <class T>
struct Rows {
  const T* data;
  int64_t stride, rows, columns;

  __device__ Rows from(int64_t first) const { return {data + first * stride, stride, rows - first, columns}; }
};

/// Matrix i.
template <class T>
__device__ Rows<T> rows_of(const CudaMatrices<const T>& x, int64_t i, int64_t rows, int64_t columns) {
  return {x.matrix(i), x.row_stride, rows, columns};
}

/// panel[r][d] = factor x[r, first + d]; zeros outside.
template <class Panel, class T>
__device__ void load_panel(const Rows<T>& x, int64_t first, T factor, Panel& panel) {
  for (int k = static_cast<int>(threadIdx.x); k < kSide<T> * kDepth; k += kAttentionThreads) {
    const int r = k / kDepth, d = k % kDepth;
    panel[r][d] = r < x.rows && first + d < x.columns ? factor * x.data[r * x.stride + first + d] : T(0);
  }
}

/// panel[c][d] = x[row + d, first + c]; zeros outside.
template <class Panel, class T>
__device__ void load_panel_transposed(const Rows<T>& x, int row, int64_t first, Panel& panel) {
  for (int k = static_cast<int>(threadIdx.x); k < kSide<T> * kDepth; k += kAttentionThreads) {
    const int d = k / kSide<T>, c = k % kSide<T>;
    const bool inside = row + d < x.rows && first + c < x.columns;
    panel[c][d] = inside ? x.data[(row + d) * x.stride + first + c] : T(0);
  }
}

/// tile += left right^T.
template <class Panel, class T>
__device__ void multiply_panels(const Panel& left, const Panel& right, Tile<T>& tile) {
  const int x = tile_x(), y = tile_y();
#pragma unroll 8
  for (int d = 0; d < kDepth; ++d) {
    T a[kEach<T>], b[kEach<T>];
#pragma unroll
    for (int j = 0; j < kEach<T>; ++j) {
      a[j] = left[y + 16 * j][d];
      b[j] = right[x + 16 * j][d];
    }
#pragma unroll
    for (int r = 0; r < kEach<T>; ++r) {
#pragma unroll
      for (int c = 0; c < kEach<T>; ++c) {
        tile[r][c] += a[r] * b[c];
      }
    }
  }
}

/// tile = factor a b^T: scores of queries and keys, or of their gradients and values.
template <class Panel, class T>
__device__ void multiply_rows(const Rows<T>& a, const Rows<T>& b, T factor, Panel& left, Panel& right,
                              Tile<T>& tile) {
#pragma unroll
  for (int r = 0; r < kEach<T>; ++r) {
#pragma unroll
    for (int c = 0; c < kEach<T>; ++c) {
      tile[r][c] = 0;
    }
  }
  for (int64_t first = 0; first < a.columns; first += kDepth) {
    __syncthreads();
    load_panel(a, first, factor, left);
    load_panel(b, first, T(1), right);
    __syncthreads();
    multiply_panels(left, right, tile);
  }
}

/// sums += weights x[:, first .. first + kSide): row d of x is weighed by column d of the tile `weights`.
template <class Panel, class T>
__device__ void add_weighted_rows(const Tile<T>& weights, const Rows<T>& x, int64_t first, Panel& left,
                                  Panel& right, Tile<T>& sums) {
  const int tx = tile_x(), ty = tile_y();
#pragma unroll
  for (int slice = 0; slice < kSide<T> / kDepth; ++slice) {
    __syncthreads();
#pragma unroll
    for (int r = 0; r < kEach<T>; ++r) {
#pragma unroll
      for (int c = 0; c < 2; ++c) {  // of the thread's columns the two that lie in this slice
        left[ty + 16 * r][tx + 16 * c] = weights[r][2 * slice + c];
      }
    }
    load_panel_transposed(x, slice * kDepth, first, right);
    __syncthreads();
    multiply_panels(left, right, sums);
  }
}

/// The score of a query and a key: with what the mask adds, and -infinity where the query must not attend or
/// where one of them does not exist.
template <class T>
__device__ T masked_score(const AttentionGeometry& g, const CudaAttentionMask<T>& mask, int64_t mask_offset,
                          int64_t row, int64_t key, T score) {
  const T never = -T(HUGE_VAL);
  if (row >= g.queries || key >= g.keys || (g.causal && key > row)) {
    return never;
  }
  const int64_t at = mask_offset + row * mask.row_stride + key * mask.key_stride;
  if (mask.added != nullptr) {
    return score + mask.added[at];
  }
  return mask.attend == nullptr || mask.attend[at] ? score : never;
}

template <class T>
__device__ int64_t mask_offset(const CudaAttentionMask<T>& mask, int64_t i) {
  int64_t at[1];
  mask.batch.locate(i, at);
  return at[0];
}

/// Dropout of weights: 0 for one that is dropped, else what it is multiplied with.
template <class T>
struct Keep {
  uint32_t threshold;
  T scale;

  __device__ T operator()(const AttentionGeometry& g, int64_t i, int64_t row, int64_t key) const {
    const auto words = philox4x32(g.seed, g.counter(i, row) + static_cast<uint64_t>(key) / 4);
    // Not words[key % 4]: an array whose index is known only at run time would lie in memory.
    const uint32_t low = key % 2 == 0 ? words[0] : words[1], high = key % 2 == 0 ? words[2] : words[3];
    return (key % 4 < 2 ? low : high) < threshold ? T(0) : scale;
  }
};

template <class T>
Keep<T> keep_of(const AttentionGeometry& g) {
  return {drop_threshold(g.dropout), keep_scale<T>(g.dropout)};
}

}  // namespace helder::kernels
