#include <algorithm>

#include "kernels/matmul/ladder/ladder.h"

namespace helder::kernels::ladder {

// B is taken in blocks of 128 x 512, 256 KiB of floats, which stay in the level 2 cache while all rows of A
// pass by: a number of B comes from memory once for M multiply-adds instead of once for each. C's part of a
// row, 2 KiB, stays in level 1 for the 128 k of the block. It is the loop of rung 02 with shorter trips.
template <class T>
void matmul_cache_blocking(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c) {
  constexpr int64_t kDepth = 128;
  constexpr int64_t kWidth = 512;
  std::fill_n(c, M * N, T(0));
  for (int64_t n0 = 0; n0 < N; n0 += kWidth) {
    const int64_t width = std::min(kWidth, N - n0);
    for (int64_t k0 = 0; k0 < K; k0 += kDepth) {
      const int64_t depth = std::min(kDepth, K - k0);
      for (int64_t m = 0; m < M; ++m) {
        T* row = c + m * N + n0;
        for (int64_t k = k0; k < k0 + depth; ++k) {
          const T amk = a[m * K + k];
          const T* from = b + k * N + n0;
          for (int64_t n = 0; n < width; ++n) {
            row[n] += amk * from[n];
          }
        }
      }
    }
  }
}

template void matmul_cache_blocking(int64_t, int64_t, int64_t, const float*, const float*, float*);
template void matmul_cache_blocking(int64_t, int64_t, int64_t, const double*, const double*, double*);

}  // namespace helder::kernels::ladder
