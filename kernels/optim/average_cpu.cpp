#include "kernels/optim/average.h"

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void average_cpu(int64_t n, double share, const T* value, T* average) {
  const T fresh = static_cast<T>(share);
  const T kept = T(1) - fresh;
  const bool near_average = share < 0.5;
  parallel_for(n, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T d = value[i] - average[i];
      average[i] = near_average ? average[i] + fresh * d : value[i] - kept * d;
    }
  });
}

template void average_cpu(int64_t, double, const float*, float*);
template void average_cpu(int64_t, double, const double*, double*);

}  // namespace helder::kernels
