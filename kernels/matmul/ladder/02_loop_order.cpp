#include <algorithm>

#include "kernels/matmul/ladder/ladder.h"

namespace helder::kernels::ladder {

// The same additions with the two inner loops exchanged: row m of C is a sum of rows of B. Now everything
// that the inner loop reads and writes is contiguous, each cache line is used whole, and its steps are
// independent, so the compiler turns it into vector instructions. What is left: all of B passes by for each
// row of C, and every multiply-add loads and stores C.
template <class T>
void matmul_loop_order(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c) {
  std::fill_n(c, M * N, T(0));
  for (int64_t m = 0; m < M; ++m) {
    T* row = c + m * N;
    for (int64_t k = 0; k < K; ++k) {
      const T amk = a[m * K + k];
      for (int64_t n = 0; n < N; ++n) {
        row[n] += amk * b[k * N + n];
      }
    }
  }
}

template void matmul_loop_order(int64_t, int64_t, int64_t, const float*, const float*, float*);
template void matmul_loop_order(int64_t, int64_t, int64_t, const double*, const double*, double*);

}  // namespace helder::kernels::ladder
