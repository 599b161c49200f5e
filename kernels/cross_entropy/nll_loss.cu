#include "kernels/cross_entropy/nll_loss.h"

#include "kernels/cuda/grid_stride.h"

namespace helder::kernels {
namespace {

// loss[o, i] = -weight[t] x[o, t, i] with t = label[o, i];  0 where the label is ignored.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    nll_loss_forward(ReduceGeometry g, int64_t ignored, const T* x, const int64_t* label, const T* weight,
                     T* loss) {
  for (int64_t row = grid_thread(); row < g.outer * g.inner; row += grid_threads()) {
    const int64_t t = label[row];
    if (t == ignored) {
      loss[row] = T(0);
    } else {
      loss[row] = -(weight ? weight[t] : T(1)) * x[(row / g.inner * g.n + t) * g.inner + row % g.inner];
    }
  }
}

// dx[o, k, i] = -scale dloss[o, i] weight[k] [k = label[o, i]].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    nll_loss_backward(ReduceGeometry g, int64_t ignored, const int64_t* label, const T* weight,
                      const T* dloss, bool one_dloss, T scale, T* dx) {
  for (int64_t i = grid_thread(); i < g.outer * g.n * g.inner; i += grid_threads()) {
    const int64_t k = i / g.inner % g.n;
    const int64_t row = i / g.inner / g.n * g.inner + i % g.inner;
    const bool chosen = k == label[row] && k != ignored;
    dx[i] = chosen ? -scale * (weight ? weight[k] : T(1)) * dloss[one_dloss ? 0 : row] : T(0);
  }
}

}  // namespace

template <class T>
void nll_loss_forward_cuda(const ReduceGeometry& g, int64_t ignore_index, const T* x, const int64_t* label,
                           const T* weight, T* loss) {
  launch<nll_loss_forward<T>>(grid_for(g.outer * g.inner), g, ignore_index, x, label, weight, loss);
}

template <class T>
void nll_loss_backward_cuda(const ReduceGeometry& g, int64_t ignore_index, const int64_t* label,
                            const T* weight, const T* dloss, bool one_dloss, double scale, T* dx) {
  launch<nll_loss_backward<T>>(grid_for(g.outer * g.n * g.inner), g, ignore_index, label, weight, dloss,
                               one_dloss, static_cast<T>(scale), dx);
}

template void nll_loss_forward_cuda(const ReduceGeometry&, int64_t, const float*, const int64_t*,
                                    const float*, float*);
template void nll_loss_forward_cuda(const ReduceGeometry&, int64_t, const double*, const int64_t*,
                                    const double*, double*);
template void nll_loss_backward_cuda(const ReduceGeometry&, int64_t, const int64_t*, const float*,
                                     const float*, bool, double, float*);
template void nll_loss_backward_cuda(const ReduceGeometry&, int64_t, const int64_t*, const double*,
                                     const double*, bool, double, double*);

}  // namespace helder::kernels
