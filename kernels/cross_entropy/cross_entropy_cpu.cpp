#include "kernels/cross_entropy/cross_entropy.h"

#include <cmath>
#include <numeric>

#include "kernels/softmax/columns.h"

namespace helder::kernels {
namespace {

template <class T>
T sum_of_weights(const T* weight, int64_t n) {
  return weight == nullptr ? static_cast<T>(n) : std::accumulate(weight, weight + n, T(0));
}

}  // namespace

template <class T>
void cross_entropy_forward_cpu(const ReduceGeometry& g, const CrossEntropyRule& rule, const T* x,
                               const int64_t* label, const T* weight, T* maximum, T* log_total, T* loss) {
  const T total_weight = sum_of_weights(weight, g.n);
  const T smoothing = static_cast<T>(rule.label_smoothing);
  const int64_t ignored = rule.ignore_index;
  for_each_column_block(g, [=, &g]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const T* logits = x + outer * g.n * g.inner + first;
    const int64_t row = outer * g.inner + first;
    column_statistics<Width>(logits, g.n, g.inner, width, maximum + row, log_total + row);
    T shifted[Width] = {};  // sum over k of w[k] z[k], for the evenly spread share
    if (smoothing != 0 && weight == nullptr) {
      column_sums<Width>(g.n, g.inner, width, shifted,
                         [=](int64_t at, int64_t j) { return logits[at] - maximum[row + j]; });
    } else if (smoothing != 0) {
      column_sums<Width>(g.n, g.inner, width, shifted, [=, &g](int64_t at, int64_t j) {
        return weight[at / g.inner] * (logits[at] - maximum[row + j]);
      });
    }
    for (int64_t j = 0; j < width; ++j) {
      log_total[row + j] = std::log(log_total[row + j]);
      const int64_t t = label[row + j];
      if (t == ignored) {
        loss[row + j] = 0;
        continue;
      }
      const T z = logits[t * g.inner + j] - maximum[row + j];
      const T w = weight == nullptr ? T(1) : weight[t];
      loss[row + j] = (T(1) - smoothing) * w * (log_total[row + j] - z);
      if (smoothing != 0) {
        loss[row + j] += smoothing / static_cast<T>(g.n) * (total_weight * log_total[row + j] - shifted[j]);
      }
    }
  });
}

template <class T>
void cross_entropy_backward_cpu(const ReduceGeometry& g, const CrossEntropyRule& rule, const T* x,
                                const int64_t* label, const T* weight, const T* maximum, const T* log_total,
                                const T* dloss, bool one_dloss, double scale, T* dx) {
  const T smoothing = static_cast<T>(rule.label_smoothing);
  const T even_share = smoothing / static_cast<T>(g.n);
  const T total_weight = sum_of_weights(weight, g.n);
  const int64_t ignored = rule.ignore_index;
  for_each_column_block(g, [=, &g]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const T* logits = x + outer * g.n * g.inner + first;
    T* to = dx + outer * g.n * g.inner + first;
    const int64_t row = outer * g.inner + first;
    T factor[Width] = {}, top[Width] = {}, log_sum[Width] = {};
    for (int64_t j = 0; j < width; ++j) {
      // An ignored label chooses 0 instead of multiplying by it: the factor of a mean over no labels is not
      // finite.
      factor[j] = label[row + j] == ignored ? T(0) : static_cast<T>(scale) * dloss[one_dloss ? 0 : row + j];
      top[j] = maximum[row + j];
      log_sum[j] = log_total[row + j];
    }
    if (weight == nullptr) {
      for_each_element<Width>(g.n, g.inner, width, [=, &factor, &top, &log_sum](int64_t at, int64_t j) {
        to[at] = factor[j] * (fast_exp(logits[at] - top[j] - log_sum[j]) - even_share);
      });
    } else {
      T mass[Width] = {};  // W, of the target's distribution
      for (int64_t j = 0; j < width; ++j) {
        const int64_t t = label[row + j];
        mass[j] = even_share * total_weight + (t == ignored ? T(0) : (T(1) - smoothing) * weight[t]);
      }
      for_each_element<Width>(g.n, g.inner, width,
                              [=, &g, &factor, &top, &log_sum, &mass](int64_t at, int64_t j) {
                                const T p = fast_exp(logits[at] - top[j] - log_sum[j]);
                                to[at] = factor[j] * (mass[j] * p - even_share * weight[at / g.inner]);
                              });
    }
    for (int64_t j = 0; j < width; ++j) {
      if (const int64_t t = label[row + j]; t != ignored) {
        to[t * g.inner + j] -= factor[j] * (T(1) - smoothing) * (weight == nullptr ? T(1) : weight[t]);
      }
    }
  });
}

template void cross_entropy_forward_cpu(const ReduceGeometry&, const CrossEntropyRule&, const float*,
                                        const int64_t*, const float*, float*, float*, float*);
template void cross_entropy_forward_cpu(const ReduceGeometry&, const CrossEntropyRule&, const double*,
                                        const int64_t*, const double*, double*, double*, double*);
template void cross_entropy_backward_cpu(const ReduceGeometry&, const CrossEntropyRule&, const float*,
                                         const int64_t*, const float*, const float*, const float*,
                                         const float*, bool, double, float*);
template void cross_entropy_backward_cpu(const ReduceGeometry&, const CrossEntropyRule&, const double*,
                                         const int64_t*, const double*, const double*, const double*,
                                         const double*, bool, double, double*);

}  // namespace helder::kernels
