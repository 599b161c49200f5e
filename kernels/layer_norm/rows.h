#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/layer_norm/layer_norm.h"
#include "kernels/runs.h"
#include "kernels/stream.h"
#include "tensor/parallel.h"
#include "tensor/workspace.h"

// The loops of layer norm (kCentred) and of RMS norm, which takes the mean to be 0. Private to their kernels.
namespace helder::kernels {

/// `values`, or n times `otherwise` where they are null: an absent weight costs a load from the cache, and
/// saves every loop a second version.
template <class T>
class OrConstant {
 public:
  OrConstant(const T* values, int64_t n, T otherwise) : constant_(values ? 0 : n), data_(values) {
    if (values == nullptr) {
      std::fill(constant_.data(), constant_.data() + n, otherwise);
      data_ = constant_.data();
    }
  }
  const T* data() const { return data_; }

 private:
  Workspace<T> constant_;
  const T* data_;
};

template <bool kCentred, class T>
void normalize_rows(const LayerNormGeometry& g, double eps, const T* x, const T* weight, const T* bias,
                    T* mean, T* inverse_std, T* y) {
  const OrConstant<T> w(weight, g.n, T(1)), b(bias, kCentred ? g.n : 0, T(0));
  const double n = static_cast<double>(g.n);
  const bool streamed = is_streamed<T>(g.rows * g.n);
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, g.n));
  parallel_for(g.rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const T* from = x + r * g.n;
      T m = 0;
      if constexpr (kCentred) {
        const auto [sum] =
            sum_run<T, 1>(g.n, [=](int64_t i, auto at, auto* sums) { sums[0] += at.load(from + i); });
        mean[r] = m = static_cast<T>(sum / n);
      }
      const auto [squares] = sum_run<T, 1>(g.n, [=](int64_t i, auto at, auto* sums) {
        const auto centred = at.load(from + i) - m;
        sums[0] += centred * centred;
      });
      const T scale = inverse_std[r] = static_cast<T>(1 / std::sqrt(squares / n + eps));
      write_run(streamed, g.n, y + r * g.n, [=, &w, &b](int64_t first, int64_t count, T* out) {
        const T *xs = from + first, *ws = w.data() + first, *bs = b.data() + (kCentred ? first : 0);
        for_each_in_run<T>(count, [=](int64_t i, auto at) {
          const auto scaled = (at.load(xs + i) - m) * scale * at.load(ws + i);
          if constexpr (kCentred) {
            at.store(out + i, scaled + at.load(bs + i));
          } else {
            at.store(out + i, scaled);
          }
        });
      });
    }
  });
}

/// What backward is computed from. RMS norm has no mean.
template <class T>
struct RowGradientInputs {
  const T *x, *dy, *mean, *inverse_std, *weight;
};

// Rows that are worked on together: dweight and dbias are loaded and stored once for all of them, and their
// sums are independent of each other.
inline constexpr int kRowsTogether = 4;

// For kRows rows from r on: dweight and dbias += the rows' shares, and along[k], along_h[k] = the sums of
// dy w and of dy w (x - mean) over row r + k.
template <bool kCentred, int kRows, class T>
void sum_gradients(const LayerNormGeometry& g, const RowGradientInputs<T>& in, int64_t r, T* dweight,
                   T* dbias, double (&along)[kRows], double (&along_h)[kRows]) {
  T mean[kRows], scale[kRows];
  for (int k = 0; k < kRows; ++k) {
    mean[k] = kCentred ? in.mean[r + k] : T(0);
    scale[k] = in.inverse_std[r + k];
    along[k] = along_h[k] = 0;
  }
  const T* const x = in.x + r * g.n;
  const T* const dy = in.dy + r * g.n;
  for (int64_t begin = 0; begin < g.n; begin += kSumBlock) {
    simd::Vec<T> sums[kRows][2] = {};
    T rest[kRows][2] = {};
    const auto add = [&](int64_t j, auto at, auto(&sums)[kRows][2]) {
      using Value = typename decltype(at)::Value;
      const Value w = at.load(in.weight + j);
      Value dw = at.load(dweight + j), db = at.load(dbias + j);
#pragma GCC unroll 4
      for (int k = 0; k < kRows; ++k) {
        const Value d = at.load(dy + k * g.n + j);
        const Value centred = at.load(x + k * g.n + j) - mean[k];
        sums[k][0] += d * w;
        sums[k][1] += d * w * centred;
        dw += d * (centred * scale[k]);
        db += d;
      }
      at.store(dweight + j, dw);
      at.store(dbias + j, db);
    };
    const int64_t end = std::min(g.n, begin + kSumBlock);
    int64_t j = begin;
    for (; j + simd::kLanes<T> <= end; j += simd::kLanes<T>) {
      add(j, VectorAccess<T>{}, sums);
    }
    for (; j < end; ++j) {
      add(j, ScalarAccess<T>{}, rest);
    }
    for (int k = 0; k < kRows; ++k) {
      along[k] += static_cast<double>(simd::sum<T>(sums[k][0]) + rest[k][0]);
      along_h[k] += static_cast<double>(simd::sum<T>(sums[k][1]) + rest[k][1]);
    }
  }
}

// kRows rows from r on: dweight, dbias and dx (where not null).
template <bool kCentred, int kRows, class T>
void row_gradients(const LayerNormGeometry& g, const RowGradientInputs<T>& in, int64_t r, T* dx, T* dweight,
                   T* dbias) {
  double along[kRows], along_h[kRows];
  sum_gradients<kCentred, kRows>(g, in, r, dweight, dbias, along, along_h);
  if (dx == nullptr) {
    return;
  }
  const double n = static_cast<double>(g.n);
  for (int64_t k = 0; k < kRows; ++k) {
    const T* x = in.x + (r + k) * g.n;
    const T* dy = in.dy + (r + k) * g.n;
    const T mean = kCentred ? in.mean[r + k] : T(0);
    const double s = static_cast<double>(in.inverse_std[r + k]);
    const T along_dy = static_cast<T>(s);
    const T along_x = static_cast<T>(-s * s * s * along_h[k] / n);
    const T constant = kCentred ? static_cast<T>(-s * along[k] / n) : T(0);
    const bool streamed = is_streamed<T>(g.rows * g.n);
    write_run(streamed, g.n, dx + (r + k) * g.n, [=, w = in.weight](int64_t first, int64_t count, T* out) {
      const T *xs = x + first, *dys = dy + first, *ws = w + first;
      for_each_in_run<T>(count, [=](int64_t j, auto at) {
        const auto centred = at.load(xs + j) - mean;
        at.store(out + j, at.load(dys + j) * at.load(ws + j) * along_dy + (centred * along_x + constant));
      });
    });
  }
}

template <bool kCentred, class T>
void row_gradients_of_all(const LayerNormGeometry& g, RowGradientInputs<T> in, T* dx, T* dweight, T* dbias) {
  // A chunk sums its rows' shares of dweight and dbias in T, and after kFlushRows in double. The chunks' sums
  // take less memory than x, and are added in order at the end.
  constexpr int64_t kFlushRows = 64;
  constexpr int64_t kMostChunks = 128;
  const int64_t columns = std::max<int64_t>(1, g.n);
  const int64_t rows = std::max({int64_t{kRowsTogether}, kElementGrain / columns,
                                 (g.rows + kMostChunks - 1) / kMostChunks});  // in a chunk
  const int64_t chunks = (g.rows + rows - 1) / rows;
  const OrConstant<T> weight(in.weight, g.n, T(1));
  in.weight = weight.data();
  const Workspace<T> running(chunks * 2 * g.n);  // [chunks, dweight and dbias, n]
  const Workspace<double> partial(chunks * 2 * g.n);
  parallel_for(g.rows, rows, [&](int64_t begin, int64_t end) {
    T* sums = running.data() + begin / rows * 2 * g.n;
    double* wide = partial.data() + begin / rows * 2 * g.n;
    std::fill(wide, wide + 2 * g.n, 0.0);
    while (begin < end) {
      const int64_t flush = std::min(end, begin + kFlushRows);
      std::fill(sums, sums + 2 * g.n, T(0));
      for (; begin + kRowsTogether <= flush; begin += kRowsTogether) {
        row_gradients<kCentred, kRowsTogether>(g, in, begin, dx, sums, sums + g.n);
      }
      for (; begin < flush; ++begin) {
        row_gradients<kCentred, 1>(g, in, begin, dx, sums, sums + g.n);
      }
      for (int64_t j = 0; j < 2 * g.n; ++j) {
        wide[j] += static_cast<double>(sums[j]);
      }
    }
  });
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, chunks));
  parallel_for(2 * g.n, grain, [&](int64_t begin, int64_t end) {
    for (int64_t c = 1; c < chunks; ++c) {
      for (int64_t j = begin; j < end; ++j) {
        partial[j] += partial[c * 2 * g.n + j];
      }
    }
    for (int64_t j = begin; j < end; ++j) {
      T* to = j < g.n ? dweight : dbias;
      if (to != nullptr) {
        to[j % g.n] = chunks > 0 ? static_cast<T>(partial[j]) : T(0);
      }
    }
  });
}

}  // namespace helder::kernels
