#include "kernels/batch_norm/batch_norm.h"

#include <algorithm>
#include <cmath>

#include "kernels/runs.h"
#include "kernels/stream.h"
#include "tensor/parallel.h"

namespace helder::kernels {
namespace {

// Neighbouring channels that one thread works on together where a channel is a column of a matrix (inner =
// 1): a few cache lines of each row. Where a channel has planes, it is worked on alone, and its planes stay
// in the cache.
constexpr int64_t kColumns = 64;

template <class Body>
void for_each_channel_block(const BatchNormGeometry& g, const Body& body) {
  const int64_t block = g.inner == 1 ? kColumns : 1;
  const int64_t blocks = (g.channels + block - 1) / block;
  const int64_t work = std::max<int64_t>(1, block * g.count());
  parallel_for(blocks, std::max<int64_t>(1, kElementGrain / work), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      body(i * block, std::min(block, g.channels - i * block));
    }
  });
}

// sums[s][k] = the sum s over all elements of channel first + k. terms(k) is a function as `sum_run` takes
// it, of an element's index in x; it is asked for once a plane, so that the plane's loop holds the channel's
// constants in registers.
template <class T, int kSums, class Terms>
void channel_sums(const BatchNormGeometry& g, int64_t first, int64_t count, double (&sums)[kSums][kColumns],
                  const Terms& terms) {
  for (auto& sum : sums) {
    std::fill(sum, sum + count, 0.0);
  }
  for (int64_t b = 0; b < g.batch; ++b) {
    const int64_t row = b * g.channels + first;
    if (g.inner == 1) {
      for (int64_t k = 0; k < count; ++k) {
        T term[kSums] = {};
        terms(k)(row + k, ScalarAccess<T>{}, term);
        for (int s = 0; s < kSums; ++s) {
          sums[s][k] += static_cast<double>(term[s]);
        }
      }
      continue;
    }
    for (int64_t k = 0; k < count; ++k) {
      const int64_t begin = (row + k) * g.inner;
      const auto plane = sum_run<T, kSums>(
          g.inner,
          [begin, add = terms(k)](int64_t i, auto at, auto* partial) { add(begin + i, at, partial); });
      for (int s = 0; s < kSums; ++s) {
        sums[s][k] += plane[static_cast<size_t>(s)];
      }
    }
  }
}

// y[i] = value(k)(i, at) for all elements of the channels first + k.
template <class T, class Value>
void write_channels(const BatchNormGeometry& g, int64_t first, int64_t count, T* y, const Value& value) {
  const bool streamed = is_streamed<T>(g.count() * g.channels);
  for (int64_t b = 0; b < g.batch; ++b) {
    const int64_t row = b * g.channels + first;
    if (g.inner == 1) {
      for (int64_t k = 0; k < count; ++k) {
        y[row + k] = value(k)(row + k, ScalarAccess<T>{});
      }
      continue;
    }
    for (int64_t k = 0; k < count; ++k) {
      const auto value_at = value(k);
      const int64_t begin = (row + k) * g.inner;
      write_run(streamed, g.inner, y + begin, [=](int64_t first, int64_t count, T* out) {
        for_each_in_run<T>(count,
                           [=](int64_t i, auto at) { at.store(out + i, value_at(begin + first + i, at)); });
      });
    }
  }
}

template <class T>
void apply_to_channels(const BatchNormGeometry& g, int64_t first, int64_t count, const T* x, const T* mean,
                       const T* inverse_std, const T* weight, const T* bias, T* y) {
  T scale[kColumns], shift[kColumns];
  for (int64_t k = 0; k < count; ++k) {
    scale[k] = inverse_std[first + k] * (weight ? weight[first + k] : T(1));
    shift[k] = bias ? bias[first + k] : T(0);
  }
  // The mean goes first: x scale - mean scale would lose the digits that a mean far from 0 takes up.
  write_channels(g, first, count, y, [&](int64_t k) {
    return [x, m = mean[first + k], a = scale[k], b = shift[k]](int64_t i, auto at) {
      return (at.load(x + i) - m) * a + b;
    };
  });
}

}  // namespace

template <class T>
void batch_norm_train_cpu(const BatchNormGeometry& g, double eps, double momentum, const T* x,
                          const T* weight, const T* bias, T* running_mean, T* running_var, T* mean,
                          T* inverse_std, T* y) {
  if (g.count() == 0) {
    std::fill(mean, mean + g.channels, T(0));
    std::fill(inverse_std, inverse_std + g.channels, T(0));
    return;
  }
  const double n = static_cast<double>(g.count());
  for_each_channel_block(g, [&](int64_t first, int64_t count) {
    double sums[1][kColumns];
    channel_sums<T>(g, first, count, sums, [&](int64_t) {
      return [x](int64_t i, auto at, auto* sum) { sum[0] += at.load(x + i); };
    });
    for (int64_t k = 0; k < count; ++k) {
      mean[first + k] = static_cast<T>(sums[0][k] / n);
    }
    channel_sums<T>(g, first, count, sums, [&](int64_t k) {
      return [x, m = mean[first + k]](int64_t i, auto at, auto* sum) {
        const auto centred = at.load(x + i) - m;
        sum[0] += centred * centred;
      };
    });
    for (int64_t k = 0; k < count; ++k) {
      const int64_t c = first + k;
      inverse_std[c] = static_cast<T>(1 / std::sqrt(sums[0][k] / n + eps));
      if (running_mean != nullptr) {
        running_mean[c] = static_cast<T>((1 - momentum) * running_mean[c] + momentum * mean[c]);
        running_var[c] = static_cast<T>((1 - momentum) * running_var[c] + momentum * sums[0][k] / (n - 1));
      }
    }
    apply_to_channels(g, first, count, x, mean, inverse_std, weight, bias, y);
  });
}

template <class T>
void batch_norm_eval_cpu(const BatchNormGeometry& g, double eps, const T* x, const T* weight, const T* bias,
                         const T* running_mean, const T* running_var, T* mean, T* inverse_std, T* y) {
  for_each_channel_block(g, [&](int64_t first, int64_t count) {
    for (int64_t c = first; c < first + count; ++c) {
      mean[c] = running_mean[c];
      inverse_std[c] = T(1) / std::sqrt(running_var[c] + static_cast<T>(eps));
    }
    apply_to_channels(g, first, count, x, mean, inverse_std, weight, bias, y);
  });
}

template <class T>
void batch_norm_backward_cpu(const BatchNormGeometry& g, bool training, const T* x, const T* dy,
                             const T* mean, const T* inverse_std, const T* weight, T* dx, T* dweight,
                             T* dbias) {
  const double n = static_cast<double>(g.count());
  const bool needs_sums = dweight != nullptr || dbias != nullptr || training;
  for_each_channel_block(g, [&](int64_t first, int64_t count) {
    double sums[2][kColumns] = {};
    const auto& [sum_dy, sum_xdy] = sums;  // of dy, and of (x - mean) dy
    if (needs_sums) {
      channel_sums<T>(g, first, count, sums, [&](int64_t k) {
        return [x, dy, m = mean[first + k]](int64_t i, auto at, auto* sum) {
          const auto d = at.load(dy + i);
          sum[0] += d;
          sum[1] += (at.load(x + i) - m) * d;
        };
      });
    }
    T along_dy[kColumns], along_x[kColumns], constant[kColumns];
    for (int64_t k = 0; k < count; ++k) {
      const int64_t c = first + k;
      if (dweight != nullptr) {
        dweight[c] = static_cast<T>(sum_xdy[k] * inverse_std[c]);
      }
      if (dbias != nullptr) {
        dbias[c] = static_cast<T>(sum_dy[k]);
      }
      along_dy[k] = inverse_std[c] * (weight ? weight[c] : T(1));
      along_x[k] = static_cast<T>(-sum_xdy[k] / n * inverse_std[c] * inverse_std[c]) * along_dy[k];
      constant[k] = static_cast<T>(-sum_dy[k] / n) * along_dy[k];
    }
    if (dx != nullptr && training) {
      write_channels(g, first, count, dx, [&](int64_t k) {
        return [x, dy, m = mean[first + k], a = along_dy[k], b = along_x[k], c = constant[k]](
                   int64_t i, auto at) { return a * at.load(dy + i) + (b * (at.load(x + i) - m) + c); };
      });
    } else if (dx != nullptr) {
      write_channels(g, first, count, dx, [&](int64_t k) {
        return [dy, a = along_dy[k]](int64_t i, auto at) { return a * at.load(dy + i); };
      });
    }
  });
}

template void batch_norm_train_cpu(const BatchNormGeometry&, double, double, const float*, const float*,
                                   const float*, float*, float*, float*, float*, float*);
template void batch_norm_train_cpu(const BatchNormGeometry&, double, double, const double*, const double*,
                                   const double*, double*, double*, double*, double*, double*);
template void batch_norm_eval_cpu(const BatchNormGeometry&, double, const float*, const float*, const float*,
                                  const float*, const float*, float*, float*, float*);
template void batch_norm_eval_cpu(const BatchNormGeometry&, double, const double*, const double*,
                                  const double*, const double*, const double*, double*, double*, double*);
template void batch_norm_backward_cpu(const BatchNormGeometry&, bool, const float*, const float*,
                                      const float*, const float*, const float*, float*, float*, float*);
template void batch_norm_backward_cpu(const BatchNormGeometry&, bool, const double*, const double*,
                                      const double*, const double*, const double*, double*, double*, double*);

}  // namespace helder::kernels
