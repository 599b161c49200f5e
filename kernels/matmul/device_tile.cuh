#pragma once

#include <cstdint>

#include "kernels/cuda/cuda.h"
#include "kernels/matmul/matmul.h"

/// What the kernels for products share: their arguments, and how a block brings a tile of an operand into
/// shared memory.
namespace helder::kernels {

/// Where the matrices of pair i of a batch begin.
struct BatchOffsets {
  static constexpr int kListed = 96;  // a launch has room for 4 KiB of arguments

  int64_t a_step, b_step;  // of each pair from the one before, where nothing is listed
  bool listed;
  int64_t a_list[kListed], b_list[kListed];

  __device__ __forceinline__ int64_t a(int i) const { return listed ? a_list[i] : i * a_step; }
  __device__ __forceinline__ int64_t b(int i) const { return listed ? b_list[i] : i * b_step; }
};

template <class T>
struct Product {
  int M, N, K;
  Matrix<T> a;  // [M, K]
  Matrix<T> b;  // [N, K]: transposed, so that both operands are rows along k
  T* c;
  int64_t ldc;
  int64_t c_step;  // from one pair of the batch to the next
  Start<T> start;
  BatchOffsets offsets;

  /// Writes one element of the result.
  __device__ __forceinline__ void put(T* pair, int m, int n, T sum) const {
    T& out = pair[m * ldc + n];
    out = start.at(m, n, out) + sum;
  }
};

/// Width numbers from memory that is aligned for them all.
template <class T, int Width>
struct alignas(sizeof(T) * Width) Pack {
  T v[Width];
};

/// The part of a [Rows, Depth] tile that one of Threads threads carries through its registers, Width
/// neighbours at a time. Neighbouring threads take neighbours in memory, along k or along the rows.
template <class T, int Rows, int Depth, int Threads, int Width>
struct TilePart {
  static constexpr int kPacks = Rows * Depth / Width / Threads;
  static_assert(kPacks * Threads * Width == Rows * Depth);
  Pack<T, Width> packs[kPacks];

  /// Row and k of pack i.
  __device__ __forceinline__ static int row(int i, bool along_k) {
    const int pack = static_cast<int>(threadIdx.x) + i * Threads;
    return along_k ? pack / (Depth / Width) : pack % (Rows / Width) * Width;
  }
  __device__ __forceinline__ static int depth(int i, bool along_k) {
    const int pack = static_cast<int>(threadIdx.x) + i * Threads;
    return along_k ? pack % (Depth / Width) * Width : pack / (Rows / Width);
  }

  /// From the matrix at (first_row, first_k); zeros outside of [rows, K].
  __device__ __forceinline__ void load(const Matrix<T>& matrix, const T* data, int64_t first_row,
                                       int64_t rows, int first_k, int K, bool along_k) {
#pragma unroll
    for (int i = 0; i < kPacks; ++i) {
      const int r = first_row + row(i, along_k), k = first_k + depth(i, along_k);
      if (r < rows && k < K) {
        packs[i] =
            *reinterpret_cast<const Pack<T, Width>*>(data + r * matrix.row_stride + k * matrix.column_stride);
      } else {
        packs[i] = {};
      }
    }
  }

  /// Calls put(row, k, value) for each number.
  template <class Put>
  __device__ __forceinline__ void store(bool along_k, Put put) const {
#pragma unroll
    for (int i = 0; i < kPacks; ++i) {
#pragma unroll
      for (int j = 0; j < Width; ++j) {
        put(row(i, along_k) + (along_k ? 0 : j), depth(i, along_k) + (along_k ? j : 0), packs[i].v[j]);
      }
    }
  }
};

}  // namespace helder::kernels
