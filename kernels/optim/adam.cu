#include "kernels/optim/adam.h"

#include <cmath>

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"

namespace helder::kernels {
namespace {

// The options in the parameter's type, with what a step's number makes of them.
template <class T>
struct Factors {
  T step_size, sqrt_correction2, sign, joined_decay, shrink, fresh1, beta2, fresh2, eps;
};

// m += (1 - beta1) (g - m),  v = beta2 v + (1 - beta2) g^2,  param -= step_size m / (sqrt(v) / c + eps), all
// [n]. v_max is null without amsgrad.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    adam_step(int64_t n, Factors<T> f, T* param, const T* grad, T* m, T* v, T* v_max) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const T p = f.shrink * param[i];
    const T g = f.sign * grad[i] + f.joined_decay * p;
    const T mean = m[i] + f.fresh1 * (g - m[i]);
    m[i] = mean;
    T w = f.beta2 * v[i] + f.fresh2 * g * g;
    v[i] = w;
    if (v_max != nullptr) {
      w = v_max[i] > w ? v_max[i] : w;
      v_max[i] = w;
    }
    param[i] = p - f.step_size * mean / (sqrt(w) / f.sqrt_correction2 + f.eps);
  }
}

}  // namespace

template <class T>
void adam_step_cuda(int64_t n, const AdamOptions& options, int64_t step, T* param, const T* grad, T* m, T* v,
                    T* v_max) {
  const double correction1 = 1 - std::pow(options.beta1, static_cast<double>(step));
  const double correction2 = 1 - std::pow(options.beta2, static_cast<double>(step));
  const Factors<T> factors = {
      .step_size = static_cast<T>(options.lr / correction1),
      .sqrt_correction2 = static_cast<T>(std::sqrt(correction2)),
      .sign = options.maximize ? T(-1) : T(1),
      .joined_decay = options.decoupled ? T(0) : static_cast<T>(options.weight_decay),
      .shrink = options.decoupled ? static_cast<T>(1 - options.lr * options.weight_decay) : T(1),
      .fresh1 = static_cast<T>(1 - options.beta1),
      .beta2 = static_cast<T>(options.beta2),
      .fresh2 = static_cast<T>(1 - options.beta2),
      .eps = static_cast<T>(options.eps)};
  launch<adam_step<T>>(grid_for(n), n, factors, param, grad, m, v, options.amsgrad ? v_max : nullptr);
}

template void adam_step_cuda(int64_t, const AdamOptions&, int64_t, float*, const float*, float*, float*,
                             float*);
template void adam_step_cuda(int64_t, const AdamOptions&, int64_t, double*, const double*, double*, double*,
                             double*);

}  // namespace helder::kernels
