#include "kernels/softmax/softmax.h"

#include <cmath>

#include "kernels/runs.h"
#include "kernels/simd_exp.h"
#include "kernels/softmax/columns.h"
#include "kernels/stream.h"
#include "tensor/workspace.h"

namespace helder::kernels {
namespace {

// A row that lies side by side in memory, which is what most softmaxes are of: three passes over it, in the
// cache after the first. `powers` holds a row and may be y.
template <class T>
void softmax_row(int64_t n, const T* x, T* powers, bool streamed, T* y) {
  const T maximum = largest_in_run(n, x);
  const auto [total] = sum_run<T, 1>(n, [=](int64_t k, auto at, auto* sums) {
    const auto power = simd::exp_at_most_one<T>(at.load(x + k) - maximum);
    at.store(powers + k, power);
    sums[0] += power;
  });
  const T scale = static_cast<T>(1 / total);
  write_run(streamed, n, y, [=](int64_t first, int64_t count, T* out) {
    for_each_in_run<T>(count,
                       [=](int64_t k, auto at) { at.store(out + k, at.load(powers + first + k) * scale); });
  });
}

template <class T>
void softmax_row_backward(int64_t n, const T* y, const T* dy, bool streamed, T* dx) {
  const auto [sum] =
      sum_run<T, 1>(n, [=](int64_t k, auto at, auto* sums) { sums[0] += at.load(y + k) * at.load(dy + k); });
  const T dot = static_cast<T>(sum);
  write_run(streamed, n, dx, [=](int64_t first, int64_t count, T* out) {
    for_each_in_run<T>(count, [=, p = y + first, d = dy + first](int64_t k, auto at) {
      at.store(out + k, at.load(p + k) * (at.load(d + k) - dot));
    });
  });
}

template <class T>
void log_softmax_row(int64_t n, const T* x, bool streamed, T* y) {
  const T maximum = largest_in_run(n, x);
  const auto [total] = sum_run<T, 1>(n, [=](int64_t k, auto at, auto* sums) {
    sums[0] += simd::exp_at_most_one<T>(at.load(x + k) - maximum);
  });
  const T log_total = static_cast<T>(std::log(total));
  write_run(streamed, n, y, [=](int64_t first, int64_t count, T* out) {
    for_each_in_run<T>(count, [=, from = x + first](int64_t k, auto at) {
      at.store(out + k, at.load(from + k) - maximum - log_total);
    });
  });
}

}  // namespace

template <class T>
void softmax_forward_cpu(const ReduceGeometry& g, const T* x, T* y) {
  const bool streamed = is_streamed<T>(g.outer * g.n * g.inner);
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const T* from = x + outer * g.n * g.inner + first;
    T* to = y + outer * g.n * g.inner + first;
    if constexpr (Width == 1) {
      if (streamed) {
        const Workspace<T> powers(g.n);
        softmax_row(g.n, from, powers.data(), true, to);
      } else {
        softmax_row(g.n, from, to, false, to);
      }
      return;
    }
    T maximum[Width], total[Width];
    column_maxima<Width>(from, g.n, g.inner, width, maximum);
    for_each_element<Width>(g.n, g.inner, width, [=, &maximum](int64_t at, int64_t j) {
      to[at] = fast_exp(from[at] - maximum[j]);
    });
    column_sums<Width>(g.n, g.inner, width, total, [=](int64_t at, int64_t) { return to[at]; });
    for (int64_t j = 0; j < width; ++j) {
      total[j] = T(1) / total[j];
    }
    for_each_element<Width>(g.n, g.inner, width, [=, &total](int64_t at, int64_t j) { to[at] *= total[j]; });
  });
}

template <class T>
void softmax_backward_cpu(const ReduceGeometry& g, const T* y, const T* dy, T* dx) {
  const bool streamed = is_streamed<T>(g.outer * g.n * g.inner);
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const int64_t origin = outer * g.n * g.inner + first;
    const T* p = y + origin;
    const T* d = dy + origin;
    T* to = dx + origin;
    if constexpr (Width == 1) {
      softmax_row_backward(g.n, p, d, streamed, to);
      return;
    }
    T dot[Width];
    column_sums<Width>(g.n, g.inner, width, dot, [=](int64_t at, int64_t) { return d[at] * p[at]; });
    for_each_element<Width>(g.n, g.inner, width,
                            [=, &dot](int64_t at, int64_t j) { to[at] = p[at] * (d[at] - dot[j]); });
  });
}

template <class T>
void log_softmax_forward_cpu(const ReduceGeometry& g, const T* x, T* y) {
  const bool streamed = is_streamed<T>(g.outer * g.n * g.inner);
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const T* from = x + outer * g.n * g.inner + first;
    T* to = y + outer * g.n * g.inner + first;
    if constexpr (Width == 1) {
      log_softmax_row(g.n, from, streamed, to);
      return;
    }
    T maximum[Width], total[Width];
    column_statistics<Width>(from, g.n, g.inner, width, maximum, total);
    for (int64_t j = 0; j < width; ++j) {
      total[j] = std::log(total[j]);
    }
    for_each_element<Width>(g.n, g.inner, width, [=, &maximum, &total](int64_t at, int64_t j) {
      to[at] = from[at] - maximum[j] - total[j];
    });
  });
}

template <class T>
void log_softmax_backward_cpu(const ReduceGeometry& g, const T* y, const T* dy, T* dx) {
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const int64_t origin = outer * g.n * g.inner + first;
    const T* log_p = y + origin;
    const T* d = dy + origin;
    T* to = dx + origin;
    T total[Width];
    column_sums<Width>(g.n, g.inner, width, total, [=](int64_t at, int64_t) { return d[at]; });
    for_each_element<Width>(g.n, g.inner, width, [=, &total](int64_t at, int64_t j) {
      to[at] = d[at] - fast_exp(log_p[at]) * total[j];
    });
  });
}

template void softmax_forward_cpu(const ReduceGeometry&, const float*, float*);
template void softmax_forward_cpu(const ReduceGeometry&, const double*, double*);
template void softmax_backward_cpu(const ReduceGeometry&, const float*, const float*, float*);
template void softmax_backward_cpu(const ReduceGeometry&, const double*, const double*, double*);
template void log_softmax_forward_cpu(const ReduceGeometry&, const float*, float*);
template void log_softmax_forward_cpu(const ReduceGeometry&, const double*, double*);
template void log_softmax_backward_cpu(const ReduceGeometry&, const float*, const float*, float*);
template void log_softmax_backward_cpu(const ReduceGeometry&, const double*, const double*, double*);

}  // namespace helder::kernels
