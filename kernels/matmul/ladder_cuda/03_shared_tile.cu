#include "kernels/cuda/launch.h"
#include "kernels/matmul/ladder_cuda/ladder_cuda.h"

// A block of 32 x 32 threads brings a tile of A and one of B into shared memory, a number a thread, and uses
// each 32 times. All threads wait until the tiles are there, and again until nobody needs them any more.
namespace helder::kernels::ladder {

namespace {

constexpr int kTile = 32;

// C[m,n] = sum over k of A[m,k] B[k,n]
__global__ void __launch_bounds__(kTile* kTile)
    shared_tile(int64_t M, int64_t N, int64_t K, const float* __restrict__ a, const float* __restrict__ b,
                float* __restrict__ c) {
  __shared__ Shared<float[kTile][kTile]> a_tile;
  __shared__ Shared<float[kTile][kTile]> b_tile;
  const int x = threadIdx.x, y = threadIdx.y;
  const int64_t n = int64_t(blockIdx.x) * kTile + x, m = int64_t(blockIdx.y) * kTile + y;
  float sum = 0;
  for (int64_t k = 0; k < K; k += kTile) {
    a_tile[y][x] = m < M && k + x < K ? a[m * K + k + x] : 0.0f;
    b_tile[y][x] = k + y < K && n < N ? b[(k + y) * N + n] : 0.0f;
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kTile; ++i) {
      sum += a_tile[y][i] * b_tile[i][x];
    }
    __syncthreads();
  }
  if (m < M && n < N) {
    c[m * N + n] = sum;
  }
}

}  // namespace

void cuda_shared_tile(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c) {
  launch<shared_tile>({.grid = {blocks_for(N, kTile), blocks_for(M, kTile)}, .block = {kTile, kTile}}, M, N,
                      K, a, b, c);
}

}  // namespace helder::kernels::ladder
