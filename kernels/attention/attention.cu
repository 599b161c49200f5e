#include <algorithm>

#include "kernels/attention/tiles.cuh"

namespace helder::kernels {
namespace {

// Over the 16 threads that share rows of a tile.
template <class Op, class T>
__device__ T row_reduce(Op op, T value) {
#pragma unroll
  for (int distance = 8; distance > 0; distance /= 2) {
    value = op(value, __shfl_xor_sync(kWholeWarp, value, distance));
  }
  return value;
}

// out[i] = D(softmax(scale q[i] k[i]^T + mask)) v[i],  q [L, E], k [S, E], v [S, Ev], out [L, Ev]. A block
// for kSide rows and, blockIdx.y, kSide features of the values: it goes through the keys, kSide at a time,
// and keeps each row's largest score m so far, its sum of e^(s - m), and its sums of e^(s - m) v. Blocks
// beyond the first features compute the scores again.
template <class T>
__global__ void __launch_bounds__(kAttentionThreads)
    attention_forward(AttentionGeometry g, Keep<T> keep, CudaMatrices<const T> q, CudaMatrices<const T> k,
                      CudaMatrices<const T> v, CudaAttentionMask<T> mask, CudaMatrices<T> out, T* log_sums) {
  constexpr int each = kEach<T>;
  __shared__ Shared<PanelNumbers<T>> left;
  __shared__ Shared<PanelNumbers<T>> right;
  const int64_t tiles = (g.queries + kSide<T> - 1) / kSide<T>;
  const int64_t i = blockIdx.x / tiles, first_row = blockIdx.x % tiles * kSide<T>;
  const int64_t first_feature = int64_t(blockIdx.y) * kSide<T>;
  const int64_t masks = mask_offset(mask, i);
  const Rows<T> queries = rows_of(q, i, g.queries, g.features).from(first_row);
  const Rows<T> keys = rows_of(k, i, g.keys, g.features);
  const Rows<T> values = rows_of(v, i, g.keys, g.value_features);
  const T never = -T(HUGE_VAL), scale = static_cast<T>(g.scale);

  T maximum[each], total[each];  // the sum of this thread's columns
  Tile<T> sums = {};
#pragma unroll
  for (int r = 0; r < each; ++r) {
    maximum[r] = never;
    total[r] = 0;
  }
  const int64_t end = g.causal ? min(g.keys, first_row + kSide<T>) : g.keys;
  for (int64_t first_key = 0; first_key < end; first_key += kSide<T>) {
    Tile<T> weights;
    multiply_rows(queries, keys.from(first_key), scale, left, right, weights);
#pragma unroll
    for (int r = 0; r < each; ++r) {
      const int64_t row = first_row + tile_y() + 16 * r;
      T largest = maximum[r];
#pragma unroll
      for (int c = 0; c < each; ++c) {
        const int64_t key = first_key + tile_x() + 16 * c;
        weights[r][c] = masked_score(g, mask, masks, row, key, weights[r][c]);
        largest = Larger{}(largest, weights[r][c]);
      }
      largest = row_reduce(Larger{}, largest);
      const T shift = largest == never ? T(0) : largest;
      const T rescale = exp(maximum[r] - shift);
      maximum[r] = largest;
      total[r] *= rescale;
#pragma unroll
      for (int c = 0; c < each; ++c) {
        sums[r][c] *= rescale;
        weights[r][c] = exp(weights[r][c] - shift);
        total[r] += weights[r][c];
        if (g.dropout > 0) {
          weights[r][c] *= keep(g, i, row, first_key + tile_x() + 16 * c);
        }
      }
    }
    add_weighted_rows(weights, values.from(first_key), first_feature, left, right, sums);
  }

  T* const to = out.matrix(i);
#pragma unroll
  for (int r = 0; r < each; ++r) {
    const int64_t row = first_row + tile_y() + 16 * r;
    const T all = row_reduce(Plus{}, total[r]);
    if (row >= g.queries) {
      continue;
    }
    const T inverse = all == 0 ? T(0) : 1 / all;
#pragma unroll
    for (int c = 0; c < each; ++c) {
      const int64_t feature = first_feature + tile_x() + 16 * c;
      if (feature < g.value_features) {
        to[row * out.row_stride + feature] = sums[r][c] * inverse;
      }
    }
    if (log_sums != nullptr && blockIdx.y == 0 && tile_x() == 0) {
      log_sums[i * g.queries + row] = all == 0 ? T(0) : maximum[r] + log(all);
    }
  }
}

}  // namespace

template <class T>
void attention_forward_cuda(const AttentionGeometry& g, const CudaMatrices<const T>& q,
                            const CudaMatrices<const T>& k, const CudaMatrices<const T>& v,
                            const CudaAttentionMask<T>& mask, const CudaMatrices<T>& out, T* log_sums) {
  if (g.batch * g.queries == 0) {
    return;
  }
  const unsigned tiles = blocks_for(g.queries, kSide<T>);
  launch<attention_forward<T>>(
      {.grid = {static_cast<unsigned>(g.batch) * tiles, blocks_for(g.value_features, kSide<T>)},
       .block = kAttentionThreads},
      g, keep_of<T>(g), q, k, v, mask, out, log_sums);
}

template void attention_forward_cuda(const AttentionGeometry&, const CudaMatrices<const float>&,
                                     const CudaMatrices<const float>&, const CudaMatrices<const float>&,
                                     const CudaAttentionMask<float>&, const CudaMatrices<float>&, float*);
template void attention_forward_cuda(const AttentionGeometry&, const CudaMatrices<const double>&,
                                     const CudaMatrices<const double>&, const CudaMatrices<const double>&,
                                     const CudaAttentionMask<double>&, const CudaMatrices<double>&, double*);

}  // namespace helder::kernels
