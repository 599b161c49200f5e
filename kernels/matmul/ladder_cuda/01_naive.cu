#include "kernels/cuda/launch.h"
#include "kernels/matmul/ladder_cuda/ladder_cuda.h"

// The definition, a thread an element. threadIdx.x, which counts the lanes of a warp, goes down the rows: the
// 32 lanes read 32 rows of A and write 32 rows of C at a time, each a piece of memory of its own.
namespace helder::kernels::ladder {

namespace {

// C[m,n] = sum over k of A[m,k] B[k,n]
__global__ void __launch_bounds__(256) naive(int64_t M, int64_t N, int64_t K, const float* __restrict__ a,
                                             const float* __restrict__ b, float* __restrict__ c) {
  const int64_t m = int64_t(blockIdx.x) * 32 + threadIdx.x, n = int64_t(blockIdx.y) * 8 + threadIdx.y;
  if (m < M && n < N) {
    float sum = 0;
    for (int64_t k = 0; k < K; ++k) {
      sum += a[m * K + k] * b[k * N + n];
    }
    c[m * N + n] = sum;
  }
}

}  // namespace

void cuda_naive(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c) {
  launch<naive>({.grid = {blocks_for(M, 32), blocks_for(N, 8)}, .block = {32, 8}}, M, N, K, a, b, c);
}

}  // namespace helder::kernels::ladder
