#include "kernels/optim/lion.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"

namespace helder::kernels {
namespace {

// c = beta1 m + fresh1 grad,  param = shrink param - lr sign(c),  m = beta2 m + fresh2 grad,  all [n].
template <class T>
__global__ void __launch_bounds__(kBlockThreads) lion_step(int64_t n, T lr, T shrink, T beta1, T fresh1,
                                                           T beta2, T fresh2, T* param, const T* grad, T* m) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const T g = grad[i];
    const T c = beta1 * m[i] + fresh1 * g;
    const T sign = c > 0 ? T(1) : c < 0 ? T(-1) : c;  // a NaN is passed on
    param[i] = shrink * param[i] - lr * sign;
    m[i] = beta2 * m[i] + fresh2 * g;
  }
}

}  // namespace

template <class T>
void lion_step_cuda(int64_t n, const LionOptions& options, T* param, const T* grad, T* m) {
  launch<lion_step<T>>(grid_for(n), n, static_cast<T>(options.lr),
                       static_cast<T>(1 - options.lr * options.weight_decay), static_cast<T>(options.beta1),
                       static_cast<T>(1 - options.beta1), static_cast<T>(options.beta2),
                       static_cast<T>(1 - options.beta2), param, grad, m);
}

template void lion_step_cuda(int64_t, const LionOptions&, float*, const float*, float*);
template void lion_step_cuda(int64_t, const LionOptions&, double*, const double*, double*);

}  // namespace helder::kernels
