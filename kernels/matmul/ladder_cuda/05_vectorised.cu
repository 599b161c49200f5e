#include "kernels/cuda/launch.h"
#include "kernels/matmul/ladder_cuda/ladder_cuda.h"

// As the last rung, with 4 numbers an instruction: float4 from memory, and, since a thread's 4 rows and 4
// columns are now neighbours, float4 from shared memory. For that A lies transposed there: a_tile[k][m]. Rows
// have to begin at multiples of 16 bytes; others take the last rung.
namespace helder::kernels::ladder {

namespace {

constexpr int kTile = 64, kDepth = 16, kPerThread = 4, kThreads = 16;

// C[m,n] = sum over k of A[m,k] B[k,n];   N and K multiples of 4
__global__ void __launch_bounds__(kThreads* kThreads)
    vectorised(int64_t M, int64_t N, int64_t K, const float* __restrict__ a, const float* __restrict__ b,
               float* __restrict__ c) {
  __shared__ Shared<float[kDepth][kTile + 4]>
      a_tile;  // 4 more, so that the lanes that store a column use other banks
  __shared__ Shared<float[kDepth][kTile]> b_tile;
  const int x = threadIdx.x, y = threadIdx.y, thread = y * kThreads + x;
  const int64_t first_n = int64_t(blockIdx.x) * kTile, first_m = int64_t(blockIdx.y) * kTile;
  const float4 zeros = make_float4(0, 0, 0, 0);
  // What this thread brings in: 4 numbers of a row of A, and of a row of B.
  const int a_row = thread / (kDepth / 4), a_k = thread % (kDepth / 4) * 4;
  const int b_k = thread / (kTile / 4), b_column = thread % (kTile / 4) * 4;
  const int64_t m = first_m + a_row, n = first_n + b_column;
  float sums[kPerThread][kPerThread] = {};
  for (int64_t k = 0; k < K; k += kDepth) {
    const float4 av = m < M && k + a_k < K ? *reinterpret_cast<const float4*>(a + m * K + k + a_k) : zeros;
    a_tile[a_k][a_row] = av.x;
    a_tile[a_k + 1][a_row] = av.y;
    a_tile[a_k + 2][a_row] = av.z;
    a_tile[a_k + 3][a_row] = av.w;
    *reinterpret_cast<float4*>(&b_tile[b_k][b_column]) =
        k + b_k < K && n < N ? *reinterpret_cast<const float4*>(b + (k + b_k) * N + n) : zeros;
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kDepth; ++i) {
      const float4 rows = *reinterpret_cast<const float4*>(&a_tile[i][kPerThread * y]);
      const float4 columns = *reinterpret_cast<const float4*>(&b_tile[i][kPerThread * x]);
      const float r[kPerThread] = {rows.x, rows.y, rows.z, rows.w};
      const float s[kPerThread] = {columns.x, columns.y, columns.z, columns.w};
#pragma unroll
      for (int j = 0; j < kPerThread; ++j) {
#pragma unroll
        for (int l = 0; l < kPerThread; ++l) {
          sums[j][l] += r[j] * s[l];
        }
      }
    }
    __syncthreads();
  }
#pragma unroll
  for (int j = 0; j < kPerThread; ++j) {
    const int64_t row = first_m + kPerThread * y + j, column = first_n + kPerThread * x;
    if (row < M && column < N) {
      *reinterpret_cast<float4*>(c + row * N + column) =
          make_float4(sums[j][0], sums[j][1], sums[j][2], sums[j][3]);
    }
  }
}

bool aligned(const void* p) { return reinterpret_cast<uintptr_t>(p) % 16 == 0; }

}  // namespace

void cuda_vectorised(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c) {
  if (N % 4 != 0 || K % 4 != 0 || !aligned(a) || !aligned(b) || !aligned(c)) {
    cuda_register_tile(M, N, K, a, b, c);
    return;
  }
  launch<vectorised>({.grid = {blocks_for(N, kTile), blocks_for(M, kTile)}, .block = {kThreads, kThreads}}, M,
                     N, K, a, b, c);
}

}  // namespace helder::kernels::ladder
