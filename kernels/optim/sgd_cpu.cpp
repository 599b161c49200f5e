#include "kernels/optim/sgd.h"

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void sgd_step_cpu(int64_t n, const SgdOptions& options, bool first_step, T* param, const T* grad,
                  T* velocity) {
  const SgdFactors<T> f = sgd_factors<T>(options);
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    if (f.momentum == 0) {
      for (int64_t i = begin; i < end; ++i) {
        param[i] -= f.lr * (f.sign * grad[i] + f.decay * param[i]);
      }
    } else if (first_step) {
      for (int64_t i = begin; i < end; ++i) {
        const T g = f.sign * grad[i] + f.decay * param[i];
        velocity[i] = g;
        param[i] -= f.lr * (f.of_gradient * g + f.of_velocity * g);
      }
    } else {
      for (int64_t i = begin; i < end; ++i) {
        const T g = f.sign * grad[i] + f.decay * param[i];
        const T v = f.momentum * velocity[i] + f.fresh * g;
        velocity[i] = v;
        param[i] -= f.lr * (f.of_gradient * g + f.of_velocity * v);
      }
    }
  });
}

template void sgd_step_cpu(int64_t, const SgdOptions&, bool, float*, const float*, float*);
template void sgd_step_cpu(int64_t, const SgdOptions&, bool, double*, const double*, double*);

}  // namespace helder::kernels
