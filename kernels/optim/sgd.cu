#include "kernels/optim/sgd.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"

namespace helder::kernels {
namespace {

// The options in the parameter's type. The step is of_gradient g + of_velocity velocity: g + momentum
// velocity for Nesterov, else velocity.
template <class T>
struct Factors {
  T sign, decay, lr, momentum, fresh, of_gradient, of_velocity;
};

// velocity = momentum velocity + fresh g, or g on the first step;  param -= lr step,  all [n]. Without
// momentum velocity is null, and the step is g.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    sgd_step(int64_t n, Factors<T> f, bool first_step, T* param, const T* grad, T* velocity) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const T p = param[i];
    const T g = f.sign * grad[i] + f.decay * p;
    T step = g;
    if (velocity != nullptr) {
      const T v = first_step ? g : f.momentum * velocity[i] + f.fresh * g;
      velocity[i] = v;
      step = f.of_gradient * g + f.of_velocity * v;
    }
    param[i] = p - f.lr * step;
  }
}

}  // namespace

template <class T>
void sgd_step_cuda(int64_t n, const SgdOptions& options, bool first_step, T* param, const T* grad,
                   T* velocity) {
  const T momentum = static_cast<T>(options.momentum);
  const Factors<T> factors = {.sign = options.maximize ? T(-1) : T(1),
                              .decay = static_cast<T>(options.weight_decay),
                              .lr = static_cast<T>(options.lr),
                              .momentum = momentum,
                              .fresh = static_cast<T>(1 - options.dampening),
                              .of_gradient = options.nesterov ? T(1) : T(0),
                              .of_velocity = options.nesterov ? momentum : T(1)};
  launch<sgd_step<T>>(grid_for(n), n, factors, first_step, param, grad, momentum == 0 ? nullptr : velocity);
}

template void sgd_step_cuda(int64_t, const SgdOptions&, bool, float*, const float*, float*);
template void sgd_step_cuda(int64_t, const SgdOptions&, bool, double*, const double*, double*);

}  // namespace helder::kernels
