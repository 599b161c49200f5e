#include "kernels/optim/rmsprop.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"

namespace helder::kernels {
namespace {

// The options in the parameter's type.
template <class T>
struct Factors {
  T sign, decay, lr, alpha, fresh, eps, momentum;
};

// square = alpha square + (1 - alpha) g^2,  param -= lr g / (sqrt(square - mean^2) + eps),  all [n]; `mean`
// and `velocity` may be null.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    rmsprop_step(int64_t n, Factors<T> f, T* param, const T* grad, T* square, T* mean, T* velocity) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const T p = param[i];
    const T g = f.sign * grad[i] + f.decay * p;
    T variance = f.alpha * square[i] + f.fresh * g * g;
    square[i] = variance;
    if (mean != nullptr) {
      const T centre = mean[i] + f.fresh * (g - mean[i]);
      mean[i] = centre;
      variance -= centre * centre;
    }
    T d = g / (sqrt(variance) + f.eps);
    if (velocity != nullptr) {
      d = f.momentum * velocity[i] + d;
      velocity[i] = d;
    }
    param[i] = p - f.lr * d;
  }
}

}  // namespace

template <class T>
void rmsprop_step_cuda(int64_t n, const RmspropOptions& options, T* param, const T* grad, T* square, T* mean,
                       T* velocity) {
  const Factors<T> factors = {.sign = options.maximize ? T(-1) : T(1),
                              .decay = static_cast<T>(options.weight_decay),
                              .lr = static_cast<T>(options.lr),
                              .alpha = static_cast<T>(options.alpha),
                              .fresh = static_cast<T>(1 - options.alpha),
                              .eps = static_cast<T>(options.eps),
                              .momentum = static_cast<T>(options.momentum)};
  launch<rmsprop_step<T>>(grid_for(n), n, factors, param, grad, square, mean, velocity);
}

template void rmsprop_step_cuda(int64_t, const RmspropOptions&, float*, const float*, float*, float*, float*);
template void rmsprop_step_cuda(int64_t, const RmspropOptions&, double*, const double*, double*, double*,
                                double*);

}  // namespace helder::kernels
