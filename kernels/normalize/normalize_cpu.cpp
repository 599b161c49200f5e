#include "kernels/normalize/normalize.h"

#include "kernels/normalize/p_norm.h"
#include "kernels/softmax/columns.h"

namespace helder::kernels {

template <class T>
void normalize_forward_cpu(const ReduceGeometry& g, double p, double eps, const T* x, T* norm, T* y) {
  visit_norm(p, [=](auto f) {
    for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
      const T* from = x + outer * g.n * g.inner + first;
      T* to = y + outer * g.n * g.inner + first;
      double sum[Width];
      T scale[Width];
      column_sums<Width>(g.n, g.inner, width, sum,
                         [=](int64_t at, int64_t) { return f.term(static_cast<double>(from[at])); });
      for (int64_t j = 0; j < width; ++j) {
        const double size = f.finish(sum[j]);
        norm[outer * g.inner + first + j] = static_cast<T>(size);
        scale[j] = static_cast<T>(1 / (size < eps ? eps : size));  // a NaN stays one
      }
      for_each_element<Width>(g.n, g.inner, width,
                              [=, &scale](int64_t at, int64_t j) { to[at] = from[at] * scale[j]; });
    });
  });
}

template <class T>
void normalize_backward_cpu(const ReduceGeometry& g, double p, double eps, const T* x, const T* norm,
                            const T* dy, T* dx) {
  visit_norm(p, [=](auto f) {
    for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
      const int64_t origin = outer * g.n * g.inner + first;
      const T* from = x + origin;
      const T* d = dy + origin;
      T* to = dx + origin;
      double dot[Width];  // of dy and x
      T along_dy[Width], along_slope[Width];
      column_sums<Width>(g.n, g.inner, width, dot, [=](int64_t at, int64_t) {
        return static_cast<double>(d[at]) * static_cast<double>(from[at]);
      });
      for (int64_t j = 0; j < width; ++j) {
        const double size = static_cast<double>(norm[outer * g.inner + first + j]);
        const bool constant = size < eps || size == 0;  // the denominator
        along_dy[j] = static_cast<T>(1 / (size < eps ? eps : size));
        along_slope[j] = constant ? T(0) : static_cast<T>(-dot[j] / (size * size) * f.factor(size));
      }
      for_each_element<Width>(g.n, g.inner, width, [=, &along_dy, &along_slope](int64_t at, int64_t j) {
        to[at] = d[at] * along_dy[j] + f.slope(from[at]) * along_slope[j];
      });
    });
  });
}

template void normalize_forward_cpu(const ReduceGeometry&, double, double, const float*, float*, float*);
template void normalize_forward_cpu(const ReduceGeometry&, double, double, const double*, double*, double*);
template void normalize_backward_cpu(const ReduceGeometry&, double, double, const float*, const float*,
                                     const float*, float*);
template void normalize_backward_cpu(const ReduceGeometry&, double, double, const double*, const double*,
                                     const double*, double*);

}  // namespace helder::kernels
