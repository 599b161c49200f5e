#include "kernels/cuda/launch.h"
#include "kernels/matmul/ladder_cuda/ladder_cuda.h"

// The last rung reads two numbers of shared memory for each multiply-add, and shared memory cannot keep up.
// Here a thread has 4 x 4 elements of C: for each k it reads 4 numbers of A and 4 of B into registers, for 16
// multiply-adds.
namespace helder::kernels::ladder {

namespace {

constexpr int kTile = 64, kDepth = 16, kPerThread = 4, kThreads = 16;  // a side of the tile, and of the block

// C[m,n] = sum over k of A[m,k] B[k,n]
__global__ void __launch_bounds__(kThreads* kThreads)
    register_tile(int64_t M, int64_t N, int64_t K, const float* __restrict__ a, const float* __restrict__ b,
                  float* __restrict__ c) {
  __shared__ Shared<float[kTile][kDepth + 1]> a_tile;
  __shared__ Shared<float[kDepth][kTile]> b_tile;
  const int x = threadIdx.x, y = threadIdx.y, thread = y * kThreads + x;
  const int64_t first_n = int64_t(blockIdx.x) * kTile, first_m = int64_t(blockIdx.y) * kTile;
  float sums[kPerThread][kPerThread] = {};
  for (int64_t k = 0; k < K; k += kDepth) {
    for (int i = thread; i < kTile * kDepth; i += kThreads * kThreads) {
      const int64_t m = first_m + i / kDepth, ak = k + i % kDepth;
      a_tile[i / kDepth][i % kDepth] = m < M && ak < K ? a[m * K + ak] : 0.0f;
      const int64_t bk = k + i / kTile, n = first_n + i % kTile;
      b_tile[i / kTile][i % kTile] = bk < K && n < N ? b[bk * N + n] : 0.0f;
    }
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kDepth; ++i) {
      float rows[kPerThread], columns[kPerThread];
#pragma unroll
      for (int j = 0; j < kPerThread; ++j) {
        rows[j] = a_tile[y + j * kThreads][i];
        columns[j] = b_tile[i][x + j * kThreads];
      }
#pragma unroll
      for (int r = 0; r < kPerThread; ++r) {
#pragma unroll
        for (int s = 0; s < kPerThread; ++s) {
          sums[r][s] += rows[r] * columns[s];
        }
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int r = 0; r < kPerThread; ++r) {
#pragma unroll
    for (int s = 0; s < kPerThread; ++s) {
      const int64_t m = first_m + y + r * kThreads, n = first_n + x + s * kThreads;
      if (m < M && n < N) {
        c[m * N + n] = sums[r][s];
      }
    }
  }
}

}  // namespace

void cuda_register_tile(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c) {
  launch<register_tile>({.grid = {blocks_for(N, kTile), blocks_for(M, kTile)}, .block = {kThreads, kThreads}},
                        M, N, K, a, b, c);
}

}  // namespace helder::kernels::ladder
