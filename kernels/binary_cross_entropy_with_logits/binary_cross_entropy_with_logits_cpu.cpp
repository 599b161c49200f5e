#include "kernels/binary_cross_entropy_with_logits/binary_cross_entropy_with_logits.h"

#include <algorithm>
#include <cmath>

#include "kernels/exp.h"

namespace helder::kernels {
namespace {

// softplus(x) and softplus(-x).
template <class T>
struct Softplus {
  T positive, negative;
  explicit Softplus(T x) {
    const T rest = std::log1p(fast_exp(-std::abs(x)));
    positive = std::max(x, T(0)) + rest;
    negative = std::max(-x, T(0)) + rest;
  }
};

}  // namespace

template <class T>
void binary_cross_entropy_with_logits_forward_cpu(int64_t n, const T* x, const T* t, const T* weight,
                                                  const T* pos_weight, T* loss) {
  parallel_for(n, kElementGrain / 4, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const Softplus<T> softplus(x[i]);
      const T p = pos_weight != nullptr ? pos_weight[i] : T(1);
      const T w = weight != nullptr ? weight[i] : T(1);
      loss[i] = w * ((T(1) - t[i]) * softplus.positive + p * t[i] * softplus.negative);
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
      const T factor = static_cast<T>(scale) * dloss[one_dloss ? 0 : i] * w;
      if (side == PairSide::X) {
        const T e = fast_exp(-std::abs(x[i]));
        const T small = e / (T(1) + e);  // sigmoid(-|x|)
        const T large = T(1) / (T(1) + e);
        const T of_x = x[i] >= 0 ? large : small;
        const T of_minus_x = x[i] >= 0 ? small : large;
        d[i] = factor * ((T(1) - t[i]) * of_x - p * t[i] * of_minus_x);
      } else {
        const Softplus<T> softplus(x[i]);
        d[i] = factor * (p * softplus.negative - softplus.positive);
      }
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
