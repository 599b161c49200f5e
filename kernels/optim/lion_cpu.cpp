#include "kernels/optim/lion.h"

#include <cmath>

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void lion_step_cpu(int64_t n, const LionOptions& options, T* param, const T* grad, T* m) {
  const T lr = static_cast<T>(options.lr);
  const T shrink = static_cast<T>(1 - options.lr * options.weight_decay);
  const T beta1 = static_cast<T>(options.beta1);
  const T fresh1 = static_cast<T>(1 - options.beta1);
  const T beta2 = static_cast<T>(options.beta2);
  const T fresh2 = static_cast<T>(1 - options.beta2);

  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T g = grad[i];
      const T c = beta1 * m[i] + fresh1 * g;
      const T sign = c > 0 ? T(1) : c < 0 ? T(-1) : c;  // a NaN is passed on
      param[i] = shrink * param[i] - lr * sign;
      m[i] = beta2 * m[i] + fresh2 * g;
    }
  });
}

template void lion_step_cpu(int64_t, const LionOptions&, float*, const float*, float*);
template void lion_step_cpu(int64_t, const LionOptions&, double*, const double*, double*);

}  // namespace helder::kernels
