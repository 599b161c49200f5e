#include "kernels/pool2d/max_unpool2d.h"

#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void max_unpool2d_forward_cpu(int64_t planes, int64_t count, int64_t size, const int64_t* index, const T* x,
                              T* y) {
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, count + size));
  parallel_for(planes, grain, [=](int64_t begin, int64_t end) {
    std::fill(y + begin * size, y + end * size, T(0));
    for (int64_t p = begin; p < end; ++p) {
      for (int64_t k = 0; k < count; ++k) {
        y[p * size + index[p * count + k]] = x[p * count + k];
      }
    }
  });
}

template void max_unpool2d_forward_cpu(int64_t, int64_t, int64_t, const int64_t*, const float*, float*);
template void max_unpool2d_forward_cpu(int64_t, int64_t, int64_t, const int64_t*, const double*, double*);

}  // namespace helder::kernels
