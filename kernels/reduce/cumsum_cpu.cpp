#include "kernels/reduce/cumsum.h"

#include <algorithm>
#include <type_traits>

#include "kernels/softmax/columns.h"

namespace helder::kernels {

template <class T>
void cumsum_cpu(const ReduceGeometry& g, bool backwards, const T* x, T* y) {
  using Total = std::conditional_t<std::is_floating_point_v<T>, double, T>;
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const int64_t origin = outer * g.n * g.inner + first;
    Total total[Width];
    std::fill(total, total + width, Total(0));
    for (int64_t step = 0; step < g.n; ++step) {
      const int64_t row = origin + (backwards ? g.n - 1 - step : step) * g.inner;
      for (int64_t j = 0; j < width; ++j) {
        total[j] += static_cast<Total>(x[row + j]);
        y[row + j] = static_cast<T>(total[j]);
      }
    }
  });
}

template void cumsum_cpu(const ReduceGeometry&, bool, const int64_t*, int64_t*);
template void cumsum_cpu(const ReduceGeometry&, bool, const float*, float*);
template void cumsum_cpu(const ReduceGeometry&, bool, const double*, double*);

}  // namespace helder::kernels
