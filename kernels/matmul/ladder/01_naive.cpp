#include "kernels/matmul/ladder/ladder.h"

namespace helder::kernels::ladder {

// One dot product for each element of C. The inner loop steps down a column of B: each step touches another
// cache line (another page, when N is large) for the sake of one number, and it is a chain of additions that
// the compiler may not reorder, so there is one multiply-add every 4 cycles at best.
template <class T>
void matmul_naive(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c) {
  for (int64_t m = 0; m < M; ++m) {
    for (int64_t n = 0; n < N; ++n) {
      T sum = 0;
      for (int64_t k = 0; k < K; ++k) {
        sum += a[m * K + k] * b[k * N + n];
      }
      c[m * N + n] = sum;
    }
  }
}

template void matmul_naive(int64_t, int64_t, int64_t, const float*, const float*, float*);
template void matmul_naive(int64_t, int64_t, int64_t, const double*, const double*, double*);

}  // namespace helder::kernels::ladder
