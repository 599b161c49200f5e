#include "kernels/prod/prod.h"

#include <algorithm>
#include <type_traits>

#include "kernels/softmax/columns.h"

namespace helder::kernels {
namespace {

template <class T>
using Product = std::conditional_t<std::is_floating_point_v<T>, double, T>;

}  // namespace

template <class T>
void prod_forward_cpu(const ReduceGeometry& g, const T* x, T* y) {
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const T* from = x + outer * g.n * g.inner + first;
    Product<T> product[Width];
    std::fill(product, product + width, Product<T>(1));
    for_each_element<Width>(g.n, g.inner, width, [&](int64_t at, int64_t j) { product[j] *= from[at]; });
    for (int64_t j = 0; j < width; ++j) {
      y[outer * g.inner + first + j] = static_cast<T>(product[j]);
    }
  });
}

template <class T>
void prod_backward_cpu(const ReduceGeometry& g, const T* x, const T* dy, T* dx) {
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const int64_t origin = outer * g.n * g.inner + first;
    double before[Width], behind[Width];
    std::fill(before, before + width, 1.0);
    for_each_element<Width>(g.n, g.inner, width, [&](int64_t at, int64_t j) {
      dx[origin + at] = static_cast<T>(before[j]);
      before[j] *= static_cast<double>(x[origin + at]);
    });
    for (int64_t j = 0; j < width; ++j) {
      behind[j] = static_cast<double>(dy[outer * g.inner + first + j]);
    }
    for (int64_t k = g.n - 1; k >= 0; --k) {
      for (int64_t j = 0; j < width; ++j) {
        const int64_t at = origin + k * g.inner + j;
        dx[at] = static_cast<T>(static_cast<double>(dx[at]) * behind[j]);
        behind[j] *= static_cast<double>(x[at]);
      }
    }
  });
}

template void prod_forward_cpu(const ReduceGeometry&, const int64_t*, int64_t*);
template void prod_forward_cpu(const ReduceGeometry&, const float*, float*);
template void prod_forward_cpu(const ReduceGeometry&, const double*, double*);
template void prod_backward_cpu(const ReduceGeometry&, const float*, const float*, float*);
template void prod_backward_cpu(const ReduceGeometry&, const double*, const double*, double*);

}  // namespace helder::kernels
