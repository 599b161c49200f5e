#include "kernels/optim/sgd.h"

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void sgd_step_cpu(int64_t n, const SgdOptions& options, bool first_step, T* param, const T* grad,
                  T* velocity) {
  const T sign = options.maximize ? T(-1) : T(1);
  const T decay = static_cast<T>(options.weight_decay);
  const T lr = static_cast<T>(options.lr);
  const T momentum = static_cast<T>(options.momentum);
  const T fresh = static_cast<T>(1 - options.dampening);
  // g + momentum v for Nesterov, else v, without a branch in the loop.
  const T of_gradient = options.nesterov ? T(1) : T(0);
  const T of_velocity = options.nesterov ? momentum : T(1);

  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    if (momentum == 0) {
      for (int64_t i = begin; i < end; ++i) {
        param[i] -= lr * (sign * grad[i] + decay * param[i]);
      }
    } else if (first_step) {
      for (int64_t i = begin; i < end; ++i) {
        const T g = sign * grad[i] + decay * param[i];
        velocity[i] = g;
        param[i] -= lr * (of_gradient * g + of_velocity * g);
      }
    } else {
      for (int64_t i = begin; i < end; ++i) {
        const T g = sign * grad[i] + decay * param[i];
        const T v = momentum * velocity[i] + fresh * g;
        velocity[i] = v;
        param[i] -= lr * (of_gradient * g + of_velocity * v);
      }
    }
  });
}

template void sgd_step_cpu(int64_t, const SgdOptions&, bool, float*, const float*, float*);
template void sgd_step_cpu(int64_t, const SgdOptions&, bool, double*, const double*, double*);

}  // namespace helder::kernels
