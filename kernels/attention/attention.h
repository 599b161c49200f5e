#pragma once

#include <cstdint>
#include <span>

namespace helder::kernels {

/// Sizes and options of `batch` attentions (batch entries times heads), forward and backward.
struct AttentionGeometry {
  int64_t batch;
  int64_t queries, keys;             ///< L and S
  int64_t features, value_features;  ///< E and Ev
  double scale;
  bool causal = false;  ///< query i attends to the keys j <= i
  double dropout = 0;   ///< the probability with which a weight is dropped
  uint64_t seed = 0, offset = 0;

  /// Weight (i, row, key) is dropped by the random word number key of the Philox counters from here on. A
  /// row begins with a counter of its own, so that no block of keys has to know the others.
  constexpr uint64_t counter(int64_t i, int64_t row) const {
    return offset + static_cast<uint64_t>(i * queries + row) * counters_per_row();
  }
  constexpr uint64_t counters_per_row() const { return static_cast<uint64_t>(keys + 3) / 4; }
};

/// `batch` matrices: row r of matrix i is contiguous and begins at data + offsets[i] + r * row_stride. So the
/// heads of [N, L, heads * E] are read where they are.
template <class T>
struct Matrices {
  T* data;
  std::span<const int64_t> offsets;
  int64_t row_stride;

  explicit operator bool() const { return data != nullptr; }
  T* row(int64_t i, int64_t r) const { return data + offsets[static_cast<size_t>(i)] + r * row_stride; }
};

/// What is added to the scores: `added[...]`, or -infinity where `attend[...]` is false. At most one of them
/// is there. Element (i, row, key) is at offsets[i] + row * row_stride + key * key_stride; strides may be 0.
template <class T>
struct AttentionMask {
  const T* added = nullptr;
  const bool* attend = nullptr;
  std::span<const int64_t> offsets = {};
  int64_t row_stride = 0, key_stride = 0;
};

/// out[i] = D(softmax(s)) v[i],  s = scale q[i] k[i]^T + mask,  q [L, E], k [S, E], v [S, Ev], out [L, Ev];
/// softmax along the keys, D drops and rescales. A row without a key to attend to, or with -infinity
/// everywhere, gives zeros.
///
/// The scores [L, S] exist only in blocks, in the cache: a block of keys after the other, each row keeps the
/// largest score m so far, the sum l of e^(s - m), and the sum of e^(s - m) v. Where a later block has a
/// larger m, both sums are brought to it by the factor e^(old m - new m) (Milakov and Gimelshein, "Online
/// normalizer calculation for softmax", 2018; Dao et al., "FlashAttention", 2022, algorithm 1).
///
/// log_sums [batch, L], if not null, gets m + log l of each row: all that backward needs beside the inputs.
template <class T>
void attention_forward_cpu(const AttentionGeometry& g, const Matrices<const T>& q, const Matrices<const T>& k,
                           const Matrices<const T>& v, const AttentionMask<T>& mask, const Matrices<T>& out,
                           T* log_sums);

/// The gradients, from scores that are computed again, block by block:
///
///   p = e^(s - log_sum)    dv = D(p)^T dout    dp = D(dout v^T)    ds = p (dp - sum over keys of p dp)
///   dq = scale ds k        dk = scale ds^T q   dmask = ds
///
/// where that sum is dout . out, row by row (Dao, "FlashAttention-2", 2023, section 3.1). Outputs without
/// data are not computed. dmask [batch, L, S], null or zeros to begin with, is the only one of that size.
template <class T>
void attention_backward_cpu(const AttentionGeometry& g, const Matrices<const T>& q,
                            const Matrices<const T>& k, const Matrices<const T>& v,
                            const AttentionMask<T>& mask, const Matrices<const T>& out, const T* log_sums,
                            const Matrices<const T>& dout, const Matrices<T>& dq, const Matrices<T>& dk,
                            const Matrices<T>& dv, T* dmask);

}  // namespace helder::kernels
