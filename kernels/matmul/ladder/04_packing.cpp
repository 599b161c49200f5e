#include <algorithm>

#include "kernels/matmul/ladder/ladder.h"
#include "tensor/workspace.h"

namespace helder::kernels::ladder {
namespace {

constexpr int64_t kDepth = 256;  // k of a block
constexpr int64_t kRows = 4;     // of a tile of C
constexpr int64_t kColumns = 32;

// C[rows, columns] += A B for one tile, with A and B packed. The sums are four small arrays that the compiler
// keeps in registers: C is loaded and stored once for 256 k, not for each, and 4 numbers of A and 32 of B,
// once loaded, serve for 128 multiply-adds.
template <class T>
void tile(int64_t depth, const T* a, const T* b, T* c, int64_t ldc, int64_t rows, int64_t columns) {
  T sum0[kColumns] = {}, sum1[kColumns] = {}, sum2[kColumns] = {}, sum3[kColumns] = {};
  for (int64_t k = 0; k < depth; ++k, a += kRows, b += kColumns) {
    for (int64_t j = 0; j < kColumns; ++j) {
      sum0[j] += a[0] * b[j];
      sum1[j] += a[1] * b[j];
      sum2[j] += a[2] * b[j];
      sum3[j] += a[3] * b[j];
    }
  }
  const auto add_to = [=](int64_t r, const T(&sum)[kColumns]) {
    for (int64_t j = 0; r < rows && j < kColumns; ++j) {
      if (j < columns) {
        c[r * ldc + j] += sum[j];
      }
    }
  };
  add_to(0, sum0);
  add_to(1, sum1);
  add_to(2, sum2);
  add_to(3, sum3);
}

}  // namespace

// A block of A, all M rows of 256 k, and one of B, all N columns of the same k, are copied so that a tile
// reads both from front to back: for each k the 4 numbers of its rows, and the 32 of its columns, zeros where
// the matrix ends. Before, 256 rows of B lay 4 N bytes apart: in as many pages, and for a power of two in the
// same few sets of the cache. The copy costs M + N numbers a k, the product M N.
template <class T>
void matmul_packing(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c) {
  const Workspace<T> a_block((M + kRows) * kDepth), b_block((N + kColumns) * kDepth);
  std::fill_n(c, M * N, T(0));
  for (int64_t k0 = 0; k0 < K; k0 += kDepth) {
    const int64_t depth = std::min(kDepth, K - k0);
    for (int64_t m = 0; m < M; m += kRows) {
      for (int64_t k = 0; k < depth; ++k) {
        for (int64_t r = 0; r < kRows; ++r) {
          a_block[m * depth + k * kRows + r] = m + r < M ? a[(m + r) * K + k0 + k] : T(0);
        }
      }
    }
    for (int64_t n = 0; n < N; n += kColumns) {
      for (int64_t k = 0; k < depth; ++k) {
        for (int64_t j = 0; j < kColumns; ++j) {
          b_block[n * depth + k * kColumns + j] = n + j < N ? b[(k0 + k) * N + n + j] : T(0);
        }
      }
    }
    for (int64_t n = 0; n < N; n += kColumns) {  // 32 columns of B, 32 KiB, stay in level 1
      for (int64_t m = 0; m < M; m += kRows) {
        tile(depth, &a_block[m * depth], &b_block[n * depth], c + m * N + n, N, std::min(kRows, M - m),
             std::min(kColumns, N - n));
      }
    }
  }
}

template void matmul_packing(int64_t, int64_t, int64_t, const float*, const float*, float*);
template void matmul_packing(int64_t, int64_t, int64_t, const double*, const double*, double*);

}  // namespace helder::kernels::ladder
