#include "kernels/matmul/matmul.h"

#include "kernels/cuda/launch.h"
#include "kernels/cuda/workspace.h"

namespace helder::kernels {
namespace {

constexpr int kTile = 32;      // rows and columns of C a block, and as many steps of K at a time
constexpr int kThreads = 256;  // each with kSums elements of C, kThreads / kTile rows apart
constexpr int kSums = kTile * kTile / kThreads;

// tile[i][j] = x(row + i, column + j), or 0 outside of x [rows, columns]. Lanes go along what is dense in
// memory.
template <class T, class Tile>
__device__ void load_tile(const Matrix<T>& x, int64_t row, int64_t column, int64_t rows, int64_t columns,
                          Tile& tile) {
  const bool along_rows = x.column_stride == 1;
  const int lane = static_cast<int>(threadIdx.x) % kTile, first = static_cast<int>(threadIdx.x) / kTile;
#pragma unroll
  for (int s = 0; s < kSums; ++s) {
    const int other = first + s * (kThreads / kTile);
    const int i = along_rows ? other : lane, j = along_rows ? lane : other;
    tile[i][j] = row + i < rows && column + j < columns ? x(row + i, column + j) : T(0);
  }
}

// C[m,n] = start + sum over k of A[m,k] B[k,n],   A [M,K], B [K,N], C [M,N], a block a tile of C.
// Pair i of a batch is at a_offsets[i] and b_offsets[i], and C at i M N; null stands for a single pair.
template <class T>
__global__ void __launch_bounds__(kThreads)
    tiled_product(int64_t M, int64_t N, int64_t K, Matrix<T> a, Matrix<T> b, T* c, int64_t ldc,
                  Start<T> start, const int64_t* a_offsets, const int64_t* b_offsets) {
  __shared__ Shared<T[kTile][kTile + 1]> from_a;
  __shared__ Shared<T[kTile][kTile + 1]> from_b;
  const int64_t tiles_n = (N + kTile - 1) / kTile, tiles_m = (M + kTile - 1) / kTile;
  const int64_t pair = blockIdx.x / tiles_n / tiles_m;
  const int64_t row = blockIdx.x / tiles_n % tiles_m * kTile, column = blockIdx.x % tiles_n * kTile;
  if (a_offsets != nullptr) {
    a.data += a_offsets[pair];
    b.data += b_offsets[pair];
    c += pair * M * N;
  }
  const int lane = static_cast<int>(threadIdx.x) % kTile, first = static_cast<int>(threadIdx.x) / kTile;
  T sums[kSums] = {};
  for (int64_t k0 = 0; k0 < K; k0 += kTile) {
    load_tile(a, row, k0, M, K, from_a);
    load_tile(b, k0, column, K, N, from_b);
    __syncthreads();
#pragma unroll 8
    for (int k = 0; k < kTile; ++k) {
      const T right = from_b[k][lane];
#pragma unroll
      for (int s = 0; s < kSums; ++s) {
        const T left = from_a[first + s * (kThreads / kTile)][k];
        sums[s] += left * right;
      }
    }
    __syncthreads();
  }
  const int64_t n = column + lane;
#pragma unroll
  for (int s = 0; s < kSums; ++s) {
    const int64_t m = row + first + s * (kThreads / kTile);
    if (m < M && n < N) {
      T& output = c[m * ldc + n];
      output = start.at(m, n, output) + sums[s];
    }
  }
}

Launch grid_of(int64_t M, int64_t N, int64_t pairs) {
  return {.grid = static_cast<unsigned>(blocks_for(M, kTile) * int64_t{blocks_for(N, kTile)} * pairs),
          .block = kThreads};
}

}  // namespace

template <class T>
void matmul_cuda(int64_t M, int64_t N, int64_t K, const Matrix<T>& a, const Matrix<T>& b, T* c, int64_t ldc,
                 Start<T> start) {
  if (M > 0 && N > 0) {
    launch<tiled_product<T>>(grid_of(M, N, 1), M, N, K, a, b, c, ldc, start, nullptr, nullptr);
  }
}

template <class T>
void matmul_batched_cuda(int64_t M, int64_t N, int64_t K, const Matrix<T>& a,
                         std::span<const int64_t> a_offsets, const Matrix<T>& b,
                         std::span<const int64_t> b_offsets, T* c) {
  const int64_t pairs = static_cast<int64_t>(a_offsets.size());
  if (M == 0 || N == 0 || pairs == 0) {
    return;
  }
  const CudaWorkspace<int64_t> offsets(2 * pairs);
  cuda::copy_from_cpu(offsets.data(), a_offsets.data(), a_offsets.size_bytes());
  cuda::copy_from_cpu(offsets.data() + pairs, b_offsets.data(), b_offsets.size_bytes());
  launch<tiled_product<T>>(grid_of(M, N, pairs), M, N, K, a, b, c, N, Start<T>{}, offsets.data(),
                           offsets.data() + pairs);
}

template void matmul_cuda(int64_t, int64_t, int64_t, const Matrix<float>&, const Matrix<float>&, float*,
                          int64_t, Start<float>);
template void matmul_cuda(int64_t, int64_t, int64_t, const Matrix<double>&, const Matrix<double>&, double*,
                          int64_t, Start<double>);
template void matmul_batched_cuda(int64_t, int64_t, int64_t, const Matrix<float>&, std::span<const int64_t>,
                                  const Matrix<float>&, std::span<const int64_t>, float*);
template void matmul_batched_cuda(int64_t, int64_t, int64_t, const Matrix<double>&, std::span<const int64_t>,
                                  const Matrix<double>&, std::span<const int64_t>, double*);

}  // namespace helder::kernels
