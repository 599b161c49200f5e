#include "kernels/attention/attention.h"

#include <cmath>

#include "kernels/attention/blocks.h"
#include "kernels/simd_exp.h"
#include "tensor/workspace.h"

namespace helder::kernels {
namespace {

// The queries of a task. Each task packs all keys and values for itself, so they should be many; but there
// should be tasks for all threads, too.
constexpr int64_t kBlockRows = 128;
constexpr int64_t kLargeBlockRows = 256;  // where that leaves kManyTasks
constexpr int64_t kManyTasks = 64;

// The queries whose scores are in the cache at a time, kStripRows x kMostKeys. A panel of keys in level 1
// meets them all.
constexpr int64_t kStripRows = 4 * kTileRows;

// Multiply-adds that are worth handing to a thread.
constexpr int64_t kGrain = 1 << 17;

// What a row of scores remembers: the largest so far, m, and the sum of e^(s - m), still in lanes.
template <class T>
struct RowState {
  T maximum;
  simd::Vec<T> totals;
};

template <class T>
struct Scratch {
  Workspace<T> queries, keys, values, scores, sums;
  Workspace<RowState<T>> states;

  Scratch(const AttentionGeometry& g, int64_t rows)
      : queries(rows * g.features),
        keys((kMostKeys + simd::kLanes<T>)*g.features),
        values(kMostKeys * whole_vectors<T>(g.value_features)),
        scores(kStripRows * kScoreStride),
        sums(rows * whole_vectors<T>(g.value_features)),
        states(rows) {}
};

// The next keys' scores of one row, of whole vectors, become e^(s - m). Returns what the sums of values until
// now have to be multiplied with.
template <class T>
T take_row(int64_t keys, T* s, RowState<T>& row) {
  constexpr int lanes = simd::kLanes<T>;
  const T old = row.maximum;
  simd::Vec<T> largest = simd::broadcast(old);
  for (int64_t j = 0; j < keys; j += lanes) {
    const simd::Vec<T> scores = simd::load(s + j);
    largest = scores > largest ? scores : largest;  // NaN is never larger
  }
  row.maximum = simd::largest<T>(largest);
  // With nothing to attend to so far, e^(-infinity - 0) = 0.
  const T m = row.maximum == -std::numeric_limits<T>::infinity() ? T(0) : row.maximum;
  const T factor = old == row.maximum ? T(1) : fast_exp(old - m);
  simd::Vec<T> totals = row.totals * factor;
  for (int64_t j = 0; j < keys; j += lanes) {
    const simd::Vec<T> weights = simd::exp_at_most_one<T>(simd::load(s + j) - m);
    totals += weights;
    simd::store(s + j, weights);
  }
  row.totals = totals;
  return factor;
}

// One task: the queries row .. row + rows - 1 of attention i.
template <class T>
struct QueryBlock {
  const AttentionGeometry& g;
  const AttentionMask<T>& mask;
  const Scratch<T>& scratch;
  int64_t i, row, rows;

  // The queries first .. first + count - 1 of the block meet the keys that are packed.
  void attend(const TileRows<T, 1, kTileRows>& queries, const PackedColumns<T>& packed, int64_t first,
              int64_t count, int64_t key, int64_t keys) const {
    const int64_t width = whole_vectors<T>(g.value_features);
    T* scores = scratch.scores.data();
    T* sums = scratch.sums.data() + first * width;
    multiply_packed(count, queries, packed, scores);
    mask_scores(g, mask, {i, row + first, count, key, keys}, scores);
    for (int64_t r = 0; r < count; ++r) {
      T* s = scores + r * kScoreStride;
      const T factor = take_row(whole_vectors<T>(keys), s, scratch.states[first + r]);
      if (factor != T(1)) {
        for (int64_t j = 0; j < width; ++j) {
          sums[r * width + j] *= factor;
        }
      }
      if (g.dropout > 0) {
        drop_weights(g, i, row + first + r, key, keys, s);
      }
    }
    multiply_panels(count, g.value_features, keys, score_rows(scores), scratch.values.data(), sums, width);
  }

  void run(const Matrices<const T>& q, const Matrices<const T>& k, const Matrices<const T>& v) const {
    std::fill_n(scratch.sums.data(), rows * whole_vectors<T>(g.value_features), T(0));
    std::fill_n(scratch.states.data(), rows, RowState<T>{-std::numeric_limits<T>::infinity(), {}});
    const auto queries = pack_tiles(q.row(i, row), q.row_stride, rows, g.features, static_cast<T>(g.scale),
                                    scratch.queries.data());
    const int64_t end = g.causal ? std::min(g.keys, row + rows) : g.keys;
    const Split blocks(end, kMostKeys, kTileColumns<T>);
    for (int64_t key = 0; key < end; key += blocks.size) {
      const int64_t keys = std::min(blocks.size, end - key);
      const PackedColumns<T> packed =
          pack_transposed(k.row(i, key), k.row_stride, keys, g.features, scratch.keys.data());
      copy_panels(v.row(i, key), v.row_stride, keys, g.value_features, T(1), scratch.values.data());
      for (int64_t first = 0; first < rows; first += kStripRows) {
        const int64_t count = std::min(kStripRows, rows - first);
        if (g.causal && row + first + count <= key) {
          continue;  // all these keys come later
        }
        attend({queries.data + first * g.features, queries.tile_stride}, packed, first, count, key, keys);
      }
    }
  }

  void finish(const Matrices<T>& out, T* log_sums) const {
    const int64_t width = whole_vectors<T>(g.value_features);
    for (int64_t r = 0; r < rows; ++r) {
      const T total = simd::sum<T>(scratch.states[r].totals);
      const T inverse = total == 0 ? T(0) : 1 / total;
      T* to = out.row(i, row + r);
      for (int64_t j = 0; j < g.value_features; ++j) {
        to[j] = scratch.sums[r * width + j] * inverse;
      }
      if (log_sums) {
        log_sums[i * g.queries + row + r] = total == 0 ? T(0) : scratch.states[r].maximum + std::log(total);
      }
    }
  }
};

}  // namespace

template <class T>
void attention_forward_cpu(const AttentionGeometry& g, const Matrices<const T>& q, const Matrices<const T>& k,
                           const Matrices<const T>& v, const AttentionMask<T>& mask, const Matrices<T>& out,
                           T* log_sums) {
  const bool many = g.batch * g.queries >= kManyTasks * kLargeBlockRows;
  const Split blocks(g.queries, many ? kLargeBlockRows : kBlockRows, kTileRows);
  const int64_t work = blocks.size * g.keys * (g.features + g.value_features) + 1;
  parallel_for(g.batch * blocks.count, std::max<int64_t>(1, kGrain / work), [&](int64_t begin, int64_t end) {
    const Scratch<T> scratch(g, blocks.size);
    for (int64_t task = begin; task < end; ++task) {
      const int64_t row = task % blocks.count * blocks.size;
      const QueryBlock<T> block{
          g, mask, scratch, task / blocks.count, row, std::min(blocks.size, g.queries - row)};
      block.run(q, k, v);
      block.finish(out, log_sums);
    }
  });
}

template void attention_forward_cpu(const AttentionGeometry&, const Matrices<const float>&,
                                    const Matrices<const float>&, const Matrices<const float>&,
                                    const AttentionMask<float>&, const Matrices<float>&, float*);
template void attention_forward_cpu(const AttentionGeometry&, const Matrices<const double>&,
                                    const Matrices<const double>&, const Matrices<const double>&,
                                    const AttentionMask<double>&, const Matrices<double>&, double*);

}  // namespace helder::kernels
