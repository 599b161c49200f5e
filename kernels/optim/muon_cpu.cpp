#include "kernels/optim/muon.h"

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void muon_momentum_cpu(int64_t n, double momentum, bool nesterov, const T* grad, T* m, T* direction) {
  const T fresh = static_cast<T>(1 - momentum);
  const T of_momentum = nesterov ? static_cast<T>(momentum) : T(1);
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      m[i] += fresh * (grad[i] - m[i]);
      direction[i] = grad[i] + of_momentum * (m[i] - grad[i]);
    }
  });
}

template <class T>
void muon_apply_cpu(int64_t n, double shrink, double lr, const T* step, T* param) {
  const T keep = static_cast<T>(shrink);
  const T rate = static_cast<T>(lr);
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      param[i] = keep * param[i] - rate * step[i];
    }
  });
}

template void muon_momentum_cpu(int64_t, double, bool, const float*, float*, float*);
template void muon_momentum_cpu(int64_t, double, bool, const double*, double*, double*);
template void muon_apply_cpu(int64_t, double, double, const float*, float*);
template void muon_apply_cpu(int64_t, double, double, const double*, double*);

}  // namespace helder::kernels
