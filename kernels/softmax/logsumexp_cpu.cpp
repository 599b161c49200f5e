#include "kernels/softmax/logsumexp.h"

#include <cmath>
#include <limits>

#include "kernels/softmax/columns.h"

namespace helder::kernels {

template <class T>
void logsumexp_cpu(const ReduceGeometry& g, const T* x, T* shifts, T* totals, T* y) {
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const T* from = x + outer * g.n * g.inner + first;
    T* shift = shifts + outer * g.inner + first;
    T* total = totals + outer * g.inner + first;
    column_maxima<Width>(from, g.n, g.inner, width, shift);
    for (int64_t j = 0; j < width; ++j) {
      shift[j] = std::abs(shift[j]) == std::numeric_limits<T>::infinity() ? T(0) : shift[j];
    }
    column_sums<Width>(g.n, g.inner, width, total,
                       [=](int64_t at, int64_t j) { return fast_exp(from[at] - shift[j]); });
    for (int64_t j = 0; j < width; ++j) {
      y[outer * g.inner + first + j] = shift[j] + std::log(total[j]);
    }
  });
}

template void logsumexp_cpu(const ReduceGeometry&, const float*, float*, float*, float*);
template void logsumexp_cpu(const ReduceGeometry&, const double*, double*, double*, double*);

}  // namespace helder::kernels
