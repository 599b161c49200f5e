#include "kernels/optim/muon.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"

namespace helder::kernels {
namespace {

// m += fresh (grad - m),  direction = grad + of_momentum (m - grad),  all [n].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    muon_momentum(int64_t n, T fresh, T of_momentum, const T* grad, T* m, T* direction) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const T mean = m[i] + fresh * (grad[i] - m[i]);
    m[i] = mean;
    direction[i] = grad[i] + of_momentum * (mean - grad[i]);
  }
}

// param = keep param - rate step,  all [n].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    muon_apply(int64_t n, T keep, T rate, const T* step, T* param) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    param[i] = keep * param[i] - rate * step[i];
  }
}

}  // namespace

template <class T>
void muon_momentum_cuda(int64_t n, double momentum, bool nesterov, const T* grad, T* m, T* direction) {
  launch<muon_momentum<T>>(grid_for(n), n, static_cast<T>(1 - momentum),
                           nesterov ? static_cast<T>(momentum) : T(1), grad, m, direction);
}

template <class T>
void muon_apply_cuda(int64_t n, double shrink, double lr, const T* step, T* param) {
  launch<muon_apply<T>>(grid_for(n), n, static_cast<T>(shrink), static_cast<T>(lr), step, param);
}

template void muon_momentum_cuda(int64_t, double, bool, const float*, float*, float*);
template void muon_momentum_cuda(int64_t, double, bool, const double*, double*, double*);
template void muon_apply_cuda(int64_t, double, double, const float*, float*);
template void muon_apply_cuda(int64_t, double, double, const double*, double*);

}  // namespace helder::kernels
