#include "kernels/optim/adagrad.h"

#include <cmath>

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void adagrad_step_cpu(int64_t n, const AdagradOptions& options, T* param, const T* grad, T* square) {
  const T sign = options.maximize ? T(-1) : T(1);
  const T decay = static_cast<T>(options.weight_decay);
  const T lr = static_cast<T>(options.lr);
  const T eps = static_cast<T>(options.eps);

  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T g = sign * grad[i] + decay * param[i];
      square[i] += g * g;
      param[i] -= lr * g / (std::sqrt(square[i]) + eps);
    }
  });
}

template void adagrad_step_cpu(int64_t, const AdagradOptions&, float*, const float*, float*);
template void adagrad_step_cpu(int64_t, const AdagradOptions&, double*, const double*, double*);

}  // namespace helder::kernels
