#include "kernels/cuda/launch.h"
#include "kernels/matmul/ladder_cuda/ladder_cuda.h"

// The same, but lanes are neighbours in a row: of B and of C a warp reads and writes whole lines of 128
// bytes, and of A one number that all lanes share.
namespace helder::kernels::ladder {

namespace {

// C[m,n] = sum over k of A[m,k] B[k,n]
__global__ void __launch_bounds__(256) coalesced(int64_t M, int64_t N, int64_t K, const float* __restrict__ a,
                                                 const float* __restrict__ b, float* __restrict__ c) {
  const int64_t n = int64_t(blockIdx.x) * 32 + threadIdx.x, m = int64_t(blockIdx.y) * 8 + threadIdx.y;
  if (m < M && n < N) {
    float sum = 0;
    for (int64_t k = 0; k < K; ++k) {
      sum += a[m * K + k] * b[k * N + n];
    }
    c[m * N + n] = sum;
  }
}

}  // namespace

void cuda_coalesced(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c) {
  launch<coalesced>({.grid = {blocks_for(N, 32), blocks_for(M, 8)}, .block = {32, 8}}, M, N, K, a, b, c);
}

}  // namespace helder::kernels::ladder
