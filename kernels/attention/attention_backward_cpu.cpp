#include <algorithm>

#include "kernels/attention/attention.h"
#include "kernels/attention/blocks.h"
#include "kernels/simd_exp.h"
#include "tensor/workspace.h"

namespace helder::kernels {
namespace {

// A block of keys meets one block of queries after the other. Scores, their gradients, and the gradients of
// the keys and values stay in level 2 meanwhile.
constexpr int64_t kBlockKeys = 144;
constexpr int64_t kBlockRows = 64 / kTileRows * kTileRows;
static_assert(kBlockKeys <= kMostKeys && kBlockKeys % 4 == 0);

// Where there are fewer attentions than this, the keys of each are dealt out in ranges, to as many tasks.
constexpr int64_t kTasks = 16;
constexpr int64_t kLeastKeys = 2 * kBlockKeys;

template <class T>
struct Inputs {
  const Matrices<const T>&q, &k, &v, &dout;
  const AttentionMask<T>& mask;
  const T* log_sums;
  const T* dots;  // dout . out of each row, [batch, L]
};

template <class T>
struct Scratch {
  Workspace<T> keys, values, key_rows;                          // of the block of keys
  Workspace<T> query_tiles, query_rows, dout_tiles, dout_rows;  // of the block of queries
  Workspace<T> weights, gradients;                              // of the scores where they meet

  explicit Scratch(const AttentionGeometry& g)
      : keys((kBlockKeys + simd::kLanes<T>)*g.features),
        values((kBlockKeys + simd::kLanes<T>)*g.value_features),
        key_rows(kBlockKeys * whole_vectors<T>(g.features)),
        query_tiles(kBlockRows * g.features),
        query_rows(kBlockRows * whole_vectors<T>(g.features)),
        dout_tiles(kBlockRows * g.value_features),
        dout_rows(kBlockRows * whole_vectors<T>(g.value_features)),
        weights(kBlockRows * kScoreStride),
        gradients(kBlockRows * kScoreStride) {}
};

// From the scores and dp of a block: the weights with which values were summed, and the gradients of the
// scores, each in place.
template <class T>
void score_gradients(const AttentionGeometry& g, const Inputs<T>& in, const ScoreBlock& block, T* weights,
                     T* gradients) {
  constexpr int lanes = simd::kLanes<T>;
  T keep[kScoreStride];
  std::fill(keep, keep + kScoreStride, T(1));
  for (int64_t r = 0; r < block.rows; ++r) {
    const int64_t row = block.i * g.queries + block.row + r;
    if (g.dropout > 0) {
      std::fill(keep, keep + block.keys, T(1));
      drop_weights(g, block.i, block.row + r, block.key, block.keys, keep);
    }
    T* p = weights + r * kScoreStride;
    T* ds = gradients + r * kScoreStride;
    const simd::Vec<T> log_sum = simd::broadcast(in.log_sums[row]), dot = simd::broadcast(in.dots[row]);
    for (int64_t j = 0; j < block.keys; j += lanes) {
      const simd::Vec<T> weight = simd::exp_at_most_one<T>(simd::load(p + j) - log_sum);
      const simd::Vec<T> kept = simd::load(keep + j);
      simd::store(ds + j, weight * (simd::load(ds + j) * kept - dot));
      simd::store(p + j, weight * kept);
    }
  }
}

// One task: a range of keys of attention i, with all queries. dq [L, E], this task's own part of it, begins
// with zeros.
template <class T>
void backward_keys(const AttentionGeometry& g, const Inputs<T>& in, int64_t i, int64_t key_begin,
                   int64_t key_end, const Scratch<T>& scratch, T* dq, int64_t dq_stride,
                   const Matrices<T>& dk, const Matrices<T>& dv, T* dmask) {
  const auto scale = static_cast<T>(g.scale);
  const Split row_blocks(g.queries, kBlockRows, kTileRows);
  for (int64_t key = key_begin; key < key_end; key += kBlockKeys) {
    const int64_t keys = std::min(kBlockKeys, key_end - key);
    const T* k = in.k.row(i, key);
    const PackedColumns<T> packed_keys =
        pack_transposed(k, in.k.row_stride, keys, g.features, scratch.keys.data());
    const PackedColumns<T> packed_values =
        pack_transposed(in.v.row(i, key), in.v.row_stride, keys, g.value_features, scratch.values.data());
    copy_panels(k, in.k.row_stride, keys, g.features, scale, scratch.key_rows.data());
    for (int64_t j = 0; j < keys; ++j) {
      if (dk) {
        std::fill_n(dk.row(i, key + j), g.features, T(0));
      }
      if (dv) {
        std::fill_n(dv.row(i, key + j), g.value_features, T(0));
      }
    }

    for (int64_t row = 0; row < g.queries; row += row_blocks.size) {
      const ScoreBlock block{i, row, std::min(row_blocks.size, g.queries - row), key, keys};
      if (g.causal && row + block.rows <= key) {
        continue;  // all these keys come later
      }
      T* weights = scratch.weights.data();
      T* gradients = scratch.gradients.data();
      const T* q = in.q.row(i, row);
      multiply_packed(
          block.rows,
          pack_tiles(q, in.q.row_stride, block.rows, g.features, scale, scratch.query_tiles.data()),
          packed_keys, weights);
      mask_scores(g, in.mask, block, weights);
      const T* dout = in.dout.row(i, row);
      multiply_packed(
          block.rows,
          pack_tiles(dout, in.dout.row_stride, block.rows, g.value_features, T(1), scratch.dout_tiles.data()),
          packed_values, gradients);
      score_gradients(g, in, block, weights, gradients);
      if (dmask) {
        for (int64_t r = 0; r < block.rows; ++r) {
          std::copy_n(gradients + r * kScoreStride, keys, dmask + ((i * g.queries + row + r) * g.keys) + key);
        }
      }
      if (dv) {
        copy_panels(dout, in.dout.row_stride, block.rows, g.value_features, T(1), scratch.dout_rows.data());
        multiply_panels(keys, g.value_features, block.rows, score_columns(weights), scratch.dout_rows.data(),
                        dv.row(i, key), dv.row_stride);
      }
      if (dk) {
        copy_panels(q, in.q.row_stride, block.rows, g.features, scale, scratch.query_rows.data());
        multiply_panels(keys, g.features, block.rows, score_columns(gradients), scratch.query_rows.data(),
                        dk.row(i, key), dk.row_stride);
      }
      if (dq) {
        multiply_panels(block.rows, g.features, keys, score_rows(gradients), scratch.key_rows.data(),
                        dq + row * dq_stride, dq_stride);
      }
    }
  }
}

template <class T>
T dot(const T* a, const T* b, int64_t n) {
  constexpr int lanes = simd::kLanes<T>;
  simd::Vec<T> sum{};
  for (int64_t j = 0; j < n; j += lanes) {
    const int64_t count = std::min<int64_t>(lanes, n - j);
    sum += simd::load_partial(a + j, count) * simd::load_partial(b + j, count);
  }
  return simd::sum<T>(sum);
}

}  // namespace

template <class T>
void attention_backward_cpu(const AttentionGeometry& g, const Matrices<const T>& q,
                            const Matrices<const T>& k, const Matrices<const T>& v,
                            const AttentionMask<T>& mask, const Matrices<const T>& out, const T* log_sums,
                            const Matrices<const T>& dout, const Matrices<T>& dq, const Matrices<T>& dk,
                            const Matrices<T>& dv, T* dmask) {
  const int64_t all_rows = g.batch * g.queries;
  const Workspace<T> dots(all_rows);
  const int64_t grain = std::max<int64_t>(1, kElementGrain / (g.value_features + 1));
  parallel_for(all_rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const int64_t i = n / g.queries, row = n % g.queries;
      dots[n] = dot(dout.row(i, row), out.row(i, row), g.value_features);
    }
  });

  // Several ranges of keys have a dq each; they are added up in the order of the ranges.
  const int64_t most = std::max(kLeastKeys, g.keys * g.batch / kTasks);
  const Split ranges(g.keys, g.batch < kTasks ? most : g.keys, kBlockKeys);
  const int64_t count = std::max<int64_t>(1, ranges.count);
  const int64_t dq_size = g.queries * g.features;
  const bool parts = dq && count > 1;
  const Workspace<T> dq_parts(parts ? g.batch * count * dq_size : 0);
  const Inputs<T> in{q, k, v, dout, mask, log_sums, dots.data()};
  parallel_for(g.batch * count, 1, [&](int64_t begin, int64_t end) {
    const Scratch<T> scratch(g);
    for (int64_t task = begin; task < end; ++task) {
      const int64_t i = task / count, key = task % count * ranges.size;
      T* own = parts ? dq_parts.data() + task * dq_size : dq ? dq.row(i, 0) : nullptr;
      const int64_t stride = parts ? g.features : dq.row_stride;
      for (int64_t row = 0; own && row < g.queries; ++row) {
        std::fill_n(own + row * stride, g.features, T(0));
      }
      backward_keys(g, in, i, key, std::min(g.keys, key + ranges.size), scratch, own, stride, dk, dv, dmask);
    }
  });
  if (parts) {
    parallel_for(all_rows, std::max<int64_t>(1, kElementGrain / (g.features + 1)),
                 [&](int64_t begin, int64_t end) {
                   for (int64_t n = begin; n < end; ++n) {
                     const int64_t i = n / g.queries, row = n % g.queries;
                     const T* part = dq_parts.data() + i * count * dq_size + row * g.features;
                     T* sum = dq.row(i, row);
                     std::copy_n(part, g.features, sum);
                     for (int64_t c = 1; c < count; ++c) {
                       for (int64_t j = 0; j < g.features; ++j) {
                         sum[j] += part[c * dq_size + j];
                       }
                     }
                   }
                 });
  }
}

#define HELDER_INSTANTIATE(T)                                                                \
  template void attention_backward_cpu(                                                      \
      const AttentionGeometry&, const Matrices<const T>&, const Matrices<const T>&,          \
      const Matrices<const T>&, const AttentionMask<T>&, const Matrices<const T>&, const T*, \
      const Matrices<const T>&, const Matrices<T>&, const Matrices<T>&, const Matrices<T>&, T*);
HELDER_INSTANTIATE(float)
HELDER_INSTANTIATE(double)
#undef HELDER_INSTANTIATE

}  // namespace helder::kernels
