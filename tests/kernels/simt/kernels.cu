#include "tests/kernels/simt/kernels.h"

#include "kernels/cuda/launch.h"

namespace helder::testing {

using kernels::blocks_for;
using kernels::launch;

namespace {

template <class T, int Tile>
__global__ void __launch_bounds__(Tile* Tile)
    matmul_tiled(int M, int N, int K, const T* __restrict__ a, const T* __restrict__ b, T* __restrict__ c) {
  __shared__ Shared<T[Tile][Tile + 1]> a_tile;
  __shared__ Shared<T[Tile][Tile + 1]> b_tile;
  const int x = threadIdx.x, y = threadIdx.y;
  const int m = blockIdx.y * Tile + y, n = blockIdx.x * Tile + x;
  T sum = 0;
  for (int k = 0; k < K; k += Tile) {
    a_tile[y][x] = m < M && k + x < K ? a[m * K + k + x] : T(0);
    b_tile[y][x] = k + y < K && n < N ? b[(k + y) * N + n] : T(0);
    __syncthreads();
#pragma unroll
    for (int i = 0; i < Tile; ++i) {
      sum += a_tile[y][i] * b_tile[i][x];
    }
    __syncthreads();
  }
  if (m < M && n < N) {
    c[m * N + n] = sum;
  }
}

__device__ __forceinline__ float warp_sum(float x) {
#pragma unroll
  for (int lanes = 16; lanes > 0; lanes /= 2) {
    x += __shfl_xor_sync(0xffffffff, x, lanes);
  }
  return x;
}

__global__ void __launch_bounds__(256) sum_blocks(int n, const float* __restrict__ x, float* sum) {
  __shared__ Shared<float[8]> partial;
  float mine = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    mine += x[i];
  }
  mine = warp_sum(mine);
  if (threadIdx.x % 32 == 0) {
    partial[threadIdx.x / 32] = mine;
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    float total = 0;
    for (int i = 0; i < 8; ++i) {
      total += partial[i];
    }
    atomicAdd(sum, total);
  }
}

}  // namespace

void matmul_tiles(int M, int N, int K, const float* a, const float* b, float* c) {
  launch<matmul_tiled<float, 16>>({.grid = {blocks_for(N, 16), blocks_for(M, 16)}, .block = {16, 16}}, M, N,
                                  K, a, b, c);
}

void sum(int n, const float* x, float* sum) {
  launch<sum_blocks>({.grid = blocks_for(n, 1024), .block = 256}, n, x, sum);
}

}  // namespace helder::testing
