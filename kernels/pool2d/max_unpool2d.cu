#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/workspace.h"
#include "kernels/pool2d/max_unpool2d.h"

namespace helder::kernels {
namespace {

using Count = unsigned long long;  // as CUDA's atomics have it

__global__ void __launch_bounds__(kBlockThreads) no_winners(int64_t n, Count* winner) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    winner[i] = 0;
  }
}

// winner[p, index[p,k]] = 1 + the last k that names this element.
__global__ void __launch_bounds__(kBlockThreads)
    find_winners(int64_t planes, int64_t count, int64_t size, const int64_t* index, Count* winner) {
  for (int64_t e = grid_thread(); e < planes * count; e += grid_threads()) {
    atomicMax(&winner[e / count * size + index[e]], static_cast<Count>(e % count + 1));
  }
}

// y[p,i] = x[p, winner[p,i] - 1], or zero where there is none.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    max_unpool2d_forward(int64_t planes, int64_t count, int64_t size, const Count* winner, const T* x, T* y) {
  for (int64_t e = grid_thread(); e < planes * size; e += grid_threads()) {
    y[e] = winner[e] == 0 ? T(0) : x[e / size * count + static_cast<int64_t>(winner[e]) - 1];
  }
}

// dx[p,k] = dy[p, index[p,k]].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    max_unpool2d_backward(int64_t planes, int64_t count, int64_t size, const int64_t* index, const T* dy,
                          T* dx) {
  for (int64_t e = grid_thread(); e < planes * count; e += grid_threads()) {
    dx[e] = dy[e / count * size + index[e]];
  }
}

}  // namespace

template <class T>
void max_unpool2d_forward_cuda(int64_t planes, int64_t count, int64_t size, const int64_t* index, const T* x,
                               T* y) {
  const CudaWorkspace<Count> winner(planes * size);
  launch<no_winners>(grid_for(planes * size), planes * size, winner.data());
  launch<find_winners>(grid_for(planes * count), planes, count, size, index, winner.data());
  launch<max_unpool2d_forward<T>>(grid_for(planes * size), planes, count, size, winner.data(), x, y);
}

template <class T>
void max_unpool2d_backward_cuda(int64_t planes, int64_t count, int64_t size, const int64_t* index,
                                const T* dy, T* dx) {
  launch<max_unpool2d_backward<T>>(grid_for(planes * count), planes, count, size, index, dy, dx);
}

template void max_unpool2d_forward_cuda(int64_t, int64_t, int64_t, const int64_t*, const float*, float*);
template void max_unpool2d_forward_cuda(int64_t, int64_t, int64_t, const int64_t*, const double*, double*);
template void max_unpool2d_backward_cuda(int64_t, int64_t, int64_t, const int64_t*, const float*, float*);
template void max_unpool2d_backward_cuda(int64_t, int64_t, int64_t, const int64_t*, const double*, double*);

}  // namespace helder::kernels
