#include "kernels/optim/adagrad.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"

namespace helder::kernels {
namespace {

// square += g^2,  param -= lr g / (sqrt(square) + eps),  all [n].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    adagrad_step(int64_t n, T sign, T decay, T lr, T eps, T* param, const T* grad, T* square) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const T p = param[i];
    const T g = sign * grad[i] + decay * p;
    const T sum = square[i] + g * g;
    square[i] = sum;
    param[i] = p - lr * g / (sqrt(sum) + eps);
  }
}

}  // namespace

template <class T>
void adagrad_step_cuda(int64_t n, const AdagradOptions& options, T* param, const T* grad, T* square) {
  launch<adagrad_step<T>>(grid_for(n), n, options.maximize ? T(-1) : T(1),
                          static_cast<T>(options.weight_decay), static_cast<T>(options.lr),
                          static_cast<T>(options.eps), param, grad, square);
}

template void adagrad_step_cuda(int64_t, const AdagradOptions&, float*, const float*, float*);
template void adagrad_step_cuda(int64_t, const AdagradOptions&, double*, const double*, double*);

}  // namespace helder::kernels
