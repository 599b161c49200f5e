#include "kernels/softmax/softmax.h"

#include <cmath>

#include "kernels/softmax/columns.h"

namespace helder::kernels {

template <class T>
void softmax_forward_cpu(const ReduceGeometry& g, const T* x, T* y) {
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const T* from = x + outer * g.n * g.inner + first;
    T* to = y + outer * g.n * g.inner + first;
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
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const int64_t origin = outer * g.n * g.inner + first;
    const T* p = y + origin;
    const T* d = dy + origin;
    T* to = dx + origin;
    T dot[Width];
    column_sums<Width>(g.n, g.inner, width, dot, [=](int64_t at, int64_t) { return d[at] * p[at]; });
    for_each_element<Width>(g.n, g.inner, width,
                            [=, &dot](int64_t at, int64_t j) { to[at] = p[at] * (d[at] - dot[j]); });
  });
}

template <class T>
void log_softmax_forward_cpu(const ReduceGeometry& g, const T* x, T* y) {
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const T* from = x + outer * g.n * g.inner + first;
    T* to = y + outer * g.n * g.inner + first;
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
