#include "kernels/optim/average.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"

namespace helder::kernels {
namespace {

// average = (1 - fresh) average + fresh value, from the nearer end, both [n].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    average(int64_t n, T fresh, bool near_average, const T* value, T* average) {
  const T kept = T(1) - fresh;
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    const T d = value[i] - average[i];
    average[i] = near_average ? average[i] + fresh * d : value[i] - kept * d;
  }
}

}  // namespace

template <class T>
void average_cuda(int64_t n, double share, const T* value, T* average_of) {
  launch<average<T>>(grid_for(n), n, static_cast<T>(share), share < 0.5, value, average_of);
}

template void average_cuda(int64_t, double, const float*, float*);
template void average_cuda(int64_t, double, const double*, double*);

}  // namespace helder::kernels
