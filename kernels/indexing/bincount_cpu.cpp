#include "kernels/indexing/bincount.h"

namespace helder::kernels {

void bincount_cpu(int64_t n, const int64_t* index, int64_t* counts) {
  for (int64_t i = 0; i < n; ++i) {
    ++counts[index[i]];
  }
}

template <class T>
void weighted_bincount_cpu(int64_t n, const int64_t* index, const T* weights, T* sums) {
  for (int64_t i = 0; i < n; ++i) {
    sums[index[i]] += weights[i];
  }
}

template void weighted_bincount_cpu(int64_t, const int64_t*, const float*, float*);
template void weighted_bincount_cpu(int64_t, const int64_t*, const double*, double*);

}  // namespace helder::kernels
