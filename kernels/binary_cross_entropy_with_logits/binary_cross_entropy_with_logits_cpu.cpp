#include "kernels/binary_cross_entropy_with_logits/binary_cross_entropy_with_logits.h"

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void binary_cross_entropy_with_logits_forward_cpu(int64_t n, const T* x, const T* t, const T* weight,
                                                  const T* pos_weight, T* loss) {
  parallel_for(n, kElementGrain / 4, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T p = pos_weight != nullptr ? pos_weight[i] : T(1);
      const T w = weight != nullptr ? weight[i] : T(1);
      loss[i] = w * logit_loss(x[i], t[i], p);
    }
  });
}

template <class T>
void binary_cross_entropy_with_logits_backward_cpu(PairSide side, int64_t n, const T* x, const T* t,
                                                   const T* weight, const T* pos_weight, const T* dloss,
                                                   bool one_dloss, double scale, T* d) {
  parallel_for(n, kElementGrain / 4, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T p = pos_weight != nullptr ? pos_weight[i] : T(1);
      const T w = weight != nullptr ? weight[i] : T(1);
      d[i] = static_cast<T>(scale) * dloss[one_dloss ? 0 : i] * w * logit_slope(side, x[i], t[i], p);
    }
  });
}

template void binary_cross_entropy_with_logits_forward_cpu(int64_t, const float*, const float*, const float*,
                                                           const float*, float*);
template void binary_cross_entropy_with_logits_forward_cpu(int64_t, const double*, const double*,
                                                           const double*, const double*, double*);
template void binary_cross_entropy_with_logits_backward_cpu(PairSide, int64_t, const float*, const float*,
                                                            const float*, const float*, const float*, bool,
                                                            double, float*);
template void binary_cross_entropy_with_logits_backward_cpu(PairSide, int64_t, const double*, const double*,
                                                            const double*, const double*, const double*, bool,
                                                            double, double*);

}  // namespace helder::kernels
