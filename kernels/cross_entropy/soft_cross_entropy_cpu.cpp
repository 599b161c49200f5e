#include "kernels/cross_entropy/soft_cross_entropy.h"

#include <cmath>

#include "kernels/softmax/columns.h"

namespace helder::kernels {
namespace {

// q[k] of the element at `at`, counted from the first of its outer index.
template <class T>
struct TargetMass {
  const T* t;
  const T* weight;
  T kept, even_share;
  int64_t inner;

  TargetMass(const SoftCrossEntropy<T>& s, int64_t from)
      : t(s.t + from),
        weight(s.weight),
        kept(T(1) - s.smoothing),
        even_share(s.smoothing / static_cast<T>(s.g.n)),
        inner(s.g.inner) {}

  T operator()(int64_t at) const {
    const T q = kept * t[at] + even_share;
    return weight == nullptr ? q : q * weight[at / inner];
  }
};

}  // namespace

template <class T>
void soft_cross_entropy_forward_cpu(const SoftCrossEntropy<T>& s, T* maximum, T* log_total, T* loss) {
  const ReduceGeometry& g = s.g;
  for_each_column_block(g, [=, &s, &g]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const int64_t from = outer * g.n * g.inner + first;
    const int64_t row = outer * g.inner + first;
    const T* logits = s.x + from;
    const TargetMass<T> q(s, from);
    column_statistics<Width>(logits, g.n, g.inner, width, maximum + row, log_total + row);
    for (int64_t j = 0; j < width; ++j) {
      log_total[row + j] = std::log(log_total[row + j]);
    }
    column_sums<Width>(g.n, g.inner, width, loss + row, [=](int64_t at, int64_t j) {
      return q(at) * (log_total[row + j] - (logits[at] - maximum[row + j]));
    });
  });
}

template <class T>
void soft_cross_entropy_backward_x_cpu(const SoftCrossEntropy<T>& s, const T* maximum, const T* log_total,
                                       const T* dloss, bool one_dloss, double scale, T* dx) {
  const ReduceGeometry& g = s.g;
  for_each_column_block(g, [=, &s, &g]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const int64_t from = outer * g.n * g.inner + first;
    const int64_t row = outer * g.inner + first;
    const T* logits = s.x + from;
    T* to = dx + from;
    const TargetMass<T> q(s, from);
    T mass[Width] = {};
    column_sums<Width>(g.n, g.inner, width, mass, [=](int64_t at, int64_t) { return q(at); });
    for_each_element<Width>(g.n, g.inner, width, [=, &mass](int64_t at, int64_t j) {
      const T p = fast_exp(logits[at] - maximum[row + j] - log_total[row + j]);
      to[at] = static_cast<T>(scale) * dloss[one_dloss ? 0 : row + j] * (mass[j] * p - q(at));
    });
  });
}

template <class T>
void soft_cross_entropy_backward_target_cpu(const SoftCrossEntropy<T>& s, const T* maximum,
                                            const T* log_total, const T* dloss, bool one_dloss, double scale,
                                            T* dt) {
  const ReduceGeometry& g = s.g;
  const T factor = static_cast<T>(scale) * (T(1) - s.smoothing);
  for_each_column_block(g, [=, &s, &g]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const int64_t from = outer * g.n * g.inner + first;
    const int64_t row = outer * g.inner + first;
    const T* logits = s.x + from;
    T* to = dt + from;
    for_each_element<Width>(g.n, g.inner, width, [=, &s, &g](int64_t at, int64_t j) {
      const T w = s.weight == nullptr ? T(1) : s.weight[at / g.inner];
      to[at] = factor * dloss[one_dloss ? 0 : row + j] * w *
               (log_total[row + j] - (logits[at] - maximum[row + j]));
    });
  });
}

template void soft_cross_entropy_forward_cpu(const SoftCrossEntropy<float>&, float*, float*, float*);
template void soft_cross_entropy_backward_x_cpu(const SoftCrossEntropy<float>&, const float*, const float*,
                                                const float*, bool, double, float*);
template void soft_cross_entropy_backward_target_cpu(const SoftCrossEntropy<float>&, const float*,
                                                     const float*, const float*, bool, double, float*);
template void soft_cross_entropy_forward_cpu(const SoftCrossEntropy<double>&, double*, double*, double*);
template void soft_cross_entropy_backward_x_cpu(const SoftCrossEntropy<double>&, const double*, const double*,
                                                const double*, bool, double, double*);
template void soft_cross_entropy_backward_target_cpu(const SoftCrossEntropy<double>&, const double*,
                                                     const double*, const double*, bool, double, double*);

}  // namespace helder::kernels
