#include "kernels/optim/rmsprop.h"

#include <cmath>

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void rmsprop_step_cpu(int64_t n, const RmspropOptions& options, T* param, const T* grad, T* square, T* mean,
                      T* velocity) {
  const T sign = options.maximize ? T(-1) : T(1);
  const T decay = static_cast<T>(options.weight_decay);
  const T lr = static_cast<T>(options.lr);
  const T alpha = static_cast<T>(options.alpha);
  const T fresh = static_cast<T>(1 - options.alpha);
  const T eps = static_cast<T>(options.eps);
  const T momentum = static_cast<T>(options.momentum);

  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T g = sign * grad[i] + decay * param[i];
      square[i] = alpha * square[i] + fresh * g * g;
      T variance = square[i];
      if (mean != nullptr) {
        mean[i] += fresh * (g - mean[i]);
        variance -= mean[i] * mean[i];
      }
      T d = g / (std::sqrt(variance) + eps);
      if (velocity != nullptr) {
        velocity[i] = momentum * velocity[i] + d;
        d = velocity[i];
      }
      param[i] -= lr * d;
    }
  });
}

template void rmsprop_step_cpu(int64_t, const RmspropOptions&, float*, const float*, float*, float*, float*);
template void rmsprop_step_cpu(int64_t, const RmspropOptions&, double*, const double*, double*, double*,
                               double*);

}  // namespace helder::kernels
