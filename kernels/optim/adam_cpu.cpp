#include "kernels/optim/adam.h"

#include <cmath>

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void adam_step_cpu(int64_t n, const AdamOptions& options, int64_t step, T* param, const T* grad, T* m, T* v,
                   T* v_max) {
  const double correction1 = 1 - std::pow(options.beta1, static_cast<double>(step));
  const double correction2 = 1 - std::pow(options.beta2, static_cast<double>(step));
  const T step_size = static_cast<T>(options.lr / correction1);
  const T sqrt_correction2 = static_cast<T>(std::sqrt(correction2));
  const T sign = options.maximize ? T(-1) : T(1);
  const T joined_decay = options.decoupled ? T(0) : static_cast<T>(options.weight_decay);
  const T shrink = options.decoupled ? static_cast<T>(1 - options.lr * options.weight_decay) : T(1);
  const T fresh1 = static_cast<T>(1 - options.beta1);
  const T beta2 = static_cast<T>(options.beta2);
  const T fresh2 = static_cast<T>(1 - options.beta2);
  const T eps = static_cast<T>(options.eps);
  const bool amsgrad = options.amsgrad;

  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    const auto update = [=](int64_t i, bool keep_maximum) {
      const T p = shrink * param[i];
      const T g = sign * grad[i] + joined_decay * p;
      m[i] += fresh1 * (g - m[i]);
      T w = beta2 * v[i] + fresh2 * g * g;
      v[i] = w;
      if (keep_maximum) {
        w = v_max[i] > w ? v_max[i] : w;
        v_max[i] = w;
      }
      param[i] = p - step_size * m[i] / (std::sqrt(w) / sqrt_correction2 + eps);
    };
    if (amsgrad) {
      for (int64_t i = begin; i < end; ++i) {
        update(i, true);
      }
    } else {
      for (int64_t i = begin; i < end; ++i) {
        update(i, false);
      }
    }
  });
}

template void adam_step_cpu(int64_t, const AdamOptions&, int64_t, float*, const float*, float*, float*,
                            float*);
template void adam_step_cpu(int64_t, const AdamOptions&, int64_t, double*, const double*, double*, double*,
                            double*);

}  // namespace helder::kernels
