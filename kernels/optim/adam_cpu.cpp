#include "kernels/optim/adam.h"

#include <cmath>

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void adam_step_cpu(int64_t n, const AdamOptions& options, int64_t step, T* param, const T* grad, T* m, T* v,
                   T* v_max) {
  const AdamFactors<T> f = adam_factors<T>(options, step);
  const bool amsgrad = options.amsgrad;

  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    const auto update = [=](int64_t i, bool keep_maximum) {
      const T p = f.shrink * param[i];
      const T g = f.sign * grad[i] + f.joined_decay * p;
      m[i] += f.fresh1 * (g - m[i]);
      T w = f.beta2 * v[i] + f.fresh2 * g * g;
      v[i] = w;
      if (keep_maximum) {
        w = v_max[i] > w ? v_max[i] : w;
        v_max[i] = w;
      }
      param[i] = p - f.step_size * m[i] / (std::sqrt(w) / f.sqrt_correction2 + f.eps);
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
