#include "kernels/binary_cross_entropy_with_logits/binary_cross_entropy_with_logits.h"

#include "kernels/cuda/grid_stride.h"

namespace helder::kernels {
namespace {

// loss = w [(1 - t) softplus(x) + p t softplus(-x)].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    logit_losses(int64_t n, const T* x, const T* t, const T* weight, const T* pos_weight, T* loss) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    loss[i] = (weight ? weight[i] : T(1)) * logit_loss(x[i], t[i], pos_weight ? pos_weight[i] : T(1));
  }
}

// d = scale dloss w times the loss's derivative by x or t.
template <PairSide kSide, class T>
__global__ void __launch_bounds__(kBlockThreads)
    logit_slopes(int64_t n, const T* x, const T* t, const T* weight, const T* pos_weight, const T* dloss,
                 bool one_dloss, T scale, T* d) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const T slope = logit_slope(kSide, x[i], t[i], pos_weight ? pos_weight[i] : T(1));
    d[i] = scale * dloss[one_dloss ? 0 : i] * (weight ? weight[i] : T(1)) * slope;
  }
}

}  // namespace

template <class T>
void binary_cross_entropy_with_logits_forward_cuda(int64_t n, const T* x, const T* t, const T* weight,
                                                   const T* pos_weight, T* loss) {
  launch<logit_losses<T>>(grid_for(n), n, x, t, weight, pos_weight, loss);
}

template <class T>
void binary_cross_entropy_with_logits_backward_cuda(PairSide side, int64_t n, const T* x, const T* t,
                                                    const T* weight, const T* pos_weight, const T* dloss,
                                                    bool one_dloss, double scale, T* d) {
  const T factor = static_cast<T>(scale);
  if (side == PairSide::X) {
    launch<logit_slopes<PairSide::X, T>>(grid_for(n), n, x, t, weight, pos_weight, dloss, one_dloss, factor,
                                         d);
  } else {
    launch<logit_slopes<PairSide::Target, T>>(grid_for(n), n, x, t, weight, pos_weight, dloss, one_dloss,
                                              factor, d);
  }
}

template void binary_cross_entropy_with_logits_forward_cuda(int64_t, const float*, const float*, const float*,
                                                            const float*, float*);
template void binary_cross_entropy_with_logits_forward_cuda(int64_t, const double*, const double*,
                                                            const double*, const double*, double*);
template void binary_cross_entropy_with_logits_backward_cuda(PairSide, int64_t, const float*, const float*,
                                                             const float*, const float*, const float*, bool,
                                                             double, float*);
template void binary_cross_entropy_with_logits_backward_cuda(PairSide, int64_t, const double*, const double*,
                                                             const double*, const double*, const double*,
                                                             bool, double, double*);

}  // namespace helder::kernels
