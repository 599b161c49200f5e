#include "kernels/cross_entropy/nll_loss.h"

#include <algorithm>

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void nll_loss_forward_cpu(const ReduceGeometry& g, int64_t ignore_index, const T* x, const int64_t* label,
                          const T* weight, T* loss) {
  parallel_for(g.outer * g.inner, kElementGrain, [=, &g](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t t = label[row];
      if (t == ignore_index) {
        loss[row] = 0;
        continue;
      }
      const T w = weight == nullptr ? T(1) : weight[t];
      loss[row] = -w * x[(row / g.inner * g.n + t) * g.inner + row % g.inner];
    }
  });
}

template <class T>
void nll_loss_backward_cpu(const ReduceGeometry& g, int64_t ignore_index, const int64_t* label,
                           const T* weight, const T* dloss, bool one_dloss, double scale, T* dx) {
  const int64_t size = g.n * g.inner;  // of one outer
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, size));
  parallel_for(g.outer, grain, [=, &g](int64_t begin, int64_t end) {
    std::fill(dx + begin * size, dx + end * size, T(0));
    for (int64_t row = begin * g.inner; row < end * g.inner; ++row) {
      const int64_t t = label[row];
      if (t != ignore_index) {
        const T w = weight == nullptr ? T(1) : weight[t];
        dx[(row / g.inner * g.n + t) * g.inner + row % g.inner] =
            -static_cast<T>(scale) * w * dloss[one_dloss ? 0 : row];
      }
    }
  });
}

template void nll_loss_forward_cpu(const ReduceGeometry&, int64_t, const float*, const int64_t*, const float*,
                                   float*);
template void nll_loss_forward_cpu(const ReduceGeometry&, int64_t, const double*, const int64_t*,
                                   const double*, double*);
template void nll_loss_backward_cpu(const ReduceGeometry&, int64_t, const int64_t*, const float*,
                                    const float*, bool, double, float*);
template void nll_loss_backward_cpu(const ReduceGeometry&, int64_t, const int64_t*, const double*,
                                    const double*, bool, double, double*);

}  // namespace helder::kernels
