#include "kernels/mse_loss/mse_loss.h"

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void mse_loss_forward_cpu(int64_t n, const T* x, const T* target, T* loss) {
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T difference = x[i] - target[i];
      loss[i] = difference * difference;
    }
  });
}

template <class T>
void mse_loss_backward_cpu(int64_t n, const T* x, const T* target, const T* dloss, bool one_dloss,
                           double scale, T* dx) {
  const T factor = static_cast<T>(2 * scale);
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      dx[i] = factor * dloss[one_dloss ? 0 : i] * (x[i] - target[i]);
    }
  });
}

template void mse_loss_forward_cpu(int64_t, const float*, const float*, float*);
template void mse_loss_forward_cpu(int64_t, const double*, const double*, double*);
template void mse_loss_backward_cpu(int64_t, const float*, const float*, const float*, bool, double, float*);
template void mse_loss_backward_cpu(int64_t, const double*, const double*, const double*, bool, double,
                                    double*);

}  // namespace helder::kernels
