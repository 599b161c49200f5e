#include <algorithm>

#include "kernels/attention/tiles.cuh"
#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/workspace.h"

namespace helder::kernels {
namespace {

template <class T>
struct Inputs {
  CudaMatrices<const T> q, k, v, dout;
  CudaAttentionMask<T> mask;
  const T* log_sums;
  const T* dots;  // dout . out of each row, [batch, L]
};

// dots[i, row] = dout[i, row, :] . out[i, row, :].  A warp a row.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    dot_rows(AttentionGeometry g, CudaMatrices<const T> dout, CudaMatrices<const T> out, T* dots) {
  for (int64_t at = grid_thread() / 32; at < g.batch * g.queries; at += grid_threads() / 32) {
    const int64_t i = at / g.queries, row = at % g.queries;
    const T* a = dout.matrix(i) + row * dout.row_stride;
    const T* b = out.matrix(i) + row * out.row_stride;
    T sum = 0;
    for (int64_t c = threadIdx.x % 32; c < g.value_features; c += 32) {
      sum += a[c] * b[c];
    }
    sum = warp_reduce(Plus{}, sum);
    if (threadIdx.x % 32 == 0) {
      dots[at] = sum;
    }
  }
}

// From a score and from dp = dout . v: the weight p with which the value was summed, and ds, each in place.
template <class T>
__device__ void score_gradient(const AttentionGeometry& g, const Inputs<T>& in, const Keep<T>& keep,
                               int64_t masks, int64_t i, int64_t row, int64_t key, T& score, T& dp) {
  const T s = masked_score(g, in.mask, masks, row, key, score);
  const bool exists = row < g.queries && key < g.keys;
  const T weight = exists ? exp(s - in.log_sums[i * g.queries + row]) : T(0);
  const T kept = exists && g.dropout > 0 ? keep(g, i, row, key) : T(1);
  dp = exists ? weight * (dp * kept - in.dots[i * g.queries + row]) : T(0);
  score = weight * kept;
}

// Writes a tile of sums, times `factor`, to x [count, columns], from row and feature on. Nothing without
// data.
template <class T>
__device__ void write_tile(const Tile<T>& sums, T factor, const CudaMatrices<T>& x, int64_t i,
                           int64_t first_row, int64_t count, int64_t first_feature, int64_t columns) {
  if (x.data == nullptr) {
    return;
  }
  T* const to = x.matrix(i);
#pragma unroll
  for (int r = 0; r < kEach<T>; ++r) {
    const int64_t row = first_row + tile_y() + 16 * r;
#pragma unroll
    for (int c = 0; c < kEach<T>; ++c) {
      const int64_t feature = first_feature + tile_x() + 16 * c;
      if (row < count && feature < columns) {
        to[row * x.row_stride + feature] = factor * sums[r][c];
      }
    }
  }
}

// dq = scale ds k and dmask = ds,  ds = p (dp - dot).  A block for kSide queries and, blockIdx.y, kSide
// features; it goes through the keys.
template <class T>
__global__ void __launch_bounds__(kAttentionThreads)
    attention_backward_queries(AttentionGeometry g, Keep<T> keep, Inputs<T> in, CudaMatrices<T> dq,
                               T* dmask) {
  constexpr int each = kEach<T>;
  __shared__ Shared<PanelNumbers<T>> left;
  __shared__ Shared<PanelNumbers<T>> right;
  const int64_t tiles = (g.queries + kSide<T> - 1) / kSide<T>;
  const int64_t i = blockIdx.x / tiles, first_row = blockIdx.x % tiles * kSide<T>;
  const int64_t first_feature = int64_t(blockIdx.y) * kSide<T>;
  const int64_t masks = mask_offset(in.mask, i);
  const Rows<T> queries = rows_of(in.q, i, g.queries, g.features).from(first_row);
  const Rows<T> douts = rows_of(in.dout, i, g.queries, g.value_features).from(first_row);
  const Rows<T> keys = rows_of(in.k, i, g.keys, g.features);
  const Rows<T> values = rows_of(in.v, i, g.keys, g.value_features);
  const T scale = static_cast<T>(g.scale);

  Tile<T> sums = {};
  const int64_t end = g.causal ? min(g.keys, first_row + kSide<T>) : g.keys;
  for (int64_t first_key = 0; first_key < end; first_key += kSide<T>) {
    Tile<T> weights, gradients;
    multiply_rows(queries, keys.from(first_key), scale, left, right, weights);
    multiply_rows(douts, values.from(first_key), T(1), left, right, gradients);
#pragma unroll
    for (int r = 0; r < each; ++r) {
#pragma unroll
      for (int c = 0; c < each; ++c) {
        const int64_t row = first_row + tile_y() + 16 * r, key = first_key + tile_x() + 16 * c;
        score_gradient(g, in, keep, masks, i, row, key, weights[r][c], gradients[r][c]);
        if (dmask != nullptr && blockIdx.y == 0 && row < g.queries && key < g.keys) {
          dmask[(i * g.queries + row) * g.keys + key] = gradients[r][c];
        }
      }
    }
    if (dq.data != nullptr) {
      add_weighted_rows(gradients, keys.from(first_key), first_feature, left, right, sums);
    }
  }

  write_tile(sums, scale, dq, i, first_row, g.queries, first_feature, g.features);
}

// dk = scale ds^T q and dv = D(p)^T dout.  A block for kSide keys and, blockIdx.y, kSide features; it goes
// through the queries. Its tiles are those of the scores transposed.
template <class T>
__global__ void __launch_bounds__(kAttentionThreads)
    attention_backward_keys(AttentionGeometry g, Keep<T> keep, Inputs<T> in, CudaMatrices<T> dk,
                            CudaMatrices<T> dv) {
  constexpr int each = kEach<T>;
  __shared__ Shared<PanelNumbers<T>> left;
  __shared__ Shared<PanelNumbers<T>> right;
  const int64_t tiles = (g.keys + kSide<T> - 1) / kSide<T>;
  const int64_t i = blockIdx.x / tiles, first_key = blockIdx.x % tiles * kSide<T>;
  const int64_t first_feature = int64_t(blockIdx.y) * kSide<T>;
  const int64_t masks = mask_offset(in.mask, i);
  const Rows<T> queries = rows_of(in.q, i, g.queries, g.features);
  const Rows<T> douts = rows_of(in.dout, i, g.queries, g.value_features);
  const Rows<T> keys = rows_of(in.k, i, g.keys, g.features).from(first_key);
  const Rows<T> values = rows_of(in.v, i, g.keys, g.value_features).from(first_key);
  const T scale = static_cast<T>(g.scale);

  Tile<T> key_sums = {}, value_sums = {};
  for (int64_t first_row = g.causal ? first_key : 0; first_row < g.queries; first_row += kSide<T>) {
    Tile<T> weights, gradients;
    multiply_rows(keys, queries.from(first_row), scale, left, right, weights);
    multiply_rows(values, douts.from(first_row), T(1), left, right, gradients);
#pragma unroll
    for (int r = 0; r < each; ++r) {
#pragma unroll
      for (int c = 0; c < each; ++c) {
        const int64_t key = first_key + tile_y() + 16 * r, row = first_row + tile_x() + 16 * c;
        score_gradient(g, in, keep, masks, i, row, key, weights[r][c], gradients[r][c]);
      }
    }
    if (dk.data != nullptr) {
      add_weighted_rows(gradients, queries.from(first_row), first_feature, left, right, key_sums);
    }
    if (dv.data != nullptr) {
      add_weighted_rows(weights, douts.from(first_row), first_feature, left, right, value_sums);
    }
  }
  write_tile(key_sums, scale, dk, i, first_key, g.keys, first_feature, g.features);
  write_tile(value_sums, T(1), dv, i, first_key, g.keys, first_feature, g.value_features);
}

}  // namespace

template <class T>
void attention_backward_cuda(const AttentionGeometry& g, const CudaMatrices<const T>& q,
                             const CudaMatrices<const T>& k, const CudaMatrices<const T>& v,
                             const CudaAttentionMask<T>& mask, const CudaMatrices<const T>& out,
                             const T* log_sums, const CudaMatrices<const T>& dout, const CudaMatrices<T>& dq,
                             const CudaMatrices<T>& dk, const CudaMatrices<T>& dv, T* dmask) {
  if (g.batch == 0) {
    return;
  }
  const CudaWorkspace<T> dots(g.batch * g.queries);
  launch<dot_rows<T>>(grid_for(g.batch * g.queries * 32), g, dout, out, dots.data());
  const Inputs<T> in = {q, k, v, dout, mask, log_sums, dots.data()};
  const auto blocks = [&](int64_t rows, int64_t features) {
    return dim3(static_cast<unsigned>(g.batch) * blocks_for(rows, kSide<T>), blocks_for(features, kSide<T>));
  };
  if ((dq.data != nullptr || dmask != nullptr) && g.queries > 0) {
    const int64_t features = dq.data != nullptr ? g.features : 0;
    launch<attention_backward_queries<T>>({.grid = blocks(g.queries, features), .block = kAttentionThreads},
                                          g, keep_of<T>(g), in, dq, dmask);
  }
  if ((dk.data != nullptr || dv.data != nullptr) && g.keys > 0) {
    const int64_t features =
        std::max(dk.data != nullptr ? g.features : 0, dv.data != nullptr ? g.value_features : 0);
    launch<attention_backward_keys<T>>({.grid = blocks(g.keys, features), .block = kAttentionThreads}, g,
                                       keep_of<T>(g), in, dk, dv);
  }
}

template void attention_backward_cuda(const AttentionGeometry&, const CudaMatrices<const float>&,
                                      const CudaMatrices<const float>&, const CudaMatrices<const float>&,
                                      const CudaAttentionMask<float>&, const CudaMatrices<const float>&,
                                      const float*, const CudaMatrices<const float>&,
                                      const CudaMatrices<float>&, const CudaMatrices<float>&,
                                      const CudaMatrices<float>&, float*);
template void attention_backward_cuda(const AttentionGeometry&, const CudaMatrices<const double>&,
                                      const CudaMatrices<const double>&, const CudaMatrices<const double>&,
                                      const CudaAttentionMask<double>&, const CudaMatrices<const double>&,
                                      const double*, const CudaMatrices<const double>&,
                                      const CudaMatrices<double>&, const CudaMatrices<double>&,
                                      const CudaMatrices<double>&, double*);

}  // namespace helder::kernels
