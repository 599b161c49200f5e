#pragma once

#include "kernels/cuda/mma.h"
#include "kernels/matmul/device_tile.cuh"

/// C[m,n] = start + sum over k of A[m,k] B[n,k] on the matrix units, floats in memory: operands are rounded
/// on their way into shared memory, sums are float32.
///
/// As matmul_warp_tiles, but a warp multiplies 16 x 8 tiles (kernels/cuda/mma.h), and k runs fastest in
/// shared memory: a row has 16 words of operands and 4 to keep the lanes of a fragment in different banks.
namespace helder::kernels {

/// How an operand lies in shared memory, and what multiplies it. A word is 32 bits: an operand or two
/// neighbours along k.
struct Tf32Operand {
  using Element = uint32_t;
  static __device__ __forceinline__ Element encode(float x) { return to_tf32(x); }
  static __device__ __forceinline__ void multiply(float (&d)[4], const uint32_t (&a)[4],
                                                  const uint32_t (&b)[2]) {
    mma_m16n8k8_tf32(d, a, b, d);
  }
};
struct BFloat16Operand {
  using Element = unsigned short;
  static __device__ __forceinline__ Element encode(float x) {
    return __bfloat16_as_ushort(__float2bfloat16_rn(x));
  }
  static __device__ __forceinline__ void multiply(float (&d)[4], const uint32_t (&a)[4],
                                                  const uint32_t (&b)[2]) {
    mma_m16n8k16_bf16(d, a, b, d);
  }
};

template <int Rows_, int Columns_, int WarpRows_, int WarpColumns_>
struct CoreTiles {
  static constexpr int kRows = Rows_, kColumns = Columns_, kWarpRows = WarpRows_, kWarpColumns = WarpColumns_;
  static constexpr int kThreads = 32 * (kRows / kWarpRows) * (kColumns / kWarpColumns);
};

template <class Operand, class Tiles, int Width>
__global__ void __launch_bounds__(Tiles::kThreads) matmul_core_tiles(const Product<float> p) {
  using Element = typename Operand::Element;
  constexpr int words = 16, padding = 4, per_word = 4 / sizeof(Element);
  constexpr int depth = words * per_word, pitch = (words + padding) * per_word;
  constexpr int down = Tiles::kWarpRows / 16, across = Tiles::kWarpColumns / 8;
  __shared__ Shared<Element[2][Tiles::kRows][pitch]> a_tile;
  __shared__ Shared<Element[2][Tiles::kColumns][pitch]> b_tile;

  const int tiles_across = (p.N + Tiles::kColumns - 1) / Tiles::kColumns;
  const int block = static_cast<int>(blockIdx.x);
  const int first_row = block / tiles_across * Tiles::kRows;
  const int first_column = block % tiles_across * Tiles::kColumns;
  const float* a = p.a.data + p.offsets.a(blockIdx.y);
  const float* b = p.b.data + p.offsets.b(blockIdx.y);
  const bool a_along_k = p.a.column_stride == 1, b_along_k = p.b.column_stride == 1;

  const int warp = threadIdx.x / 32, group = threadIdx.x % 32 / 4, t = threadIdx.x % 4;
  constexpr int warps_across = Tiles::kColumns / Tiles::kWarpColumns;
  const int my_row = warp / warps_across * Tiles::kWarpRows,
            my_column = warp % warps_across * Tiles::kWarpColumns;

  TilePart<float, Tiles::kRows, depth, Tiles::kThreads, Width> a_part;
  TilePart<float, Tiles::kColumns, depth, Tiles::kThreads, Width> b_part;
  const auto load = [&](int k) {
    a_part.load(p.a, a, first_row, p.M, k, p.K, a_along_k);
    b_part.load(p.b, b, first_column, p.N, k, p.K, b_along_k);
  };
  const auto store = [&](int half) {
    a_part.store(a_along_k, [&](int row, int k, float x) { a_tile[half][row][k] = Operand::encode(x); });
    b_part.store(b_along_k, [&](int row, int k, float x) { b_tile[half][row][k] = Operand::encode(x); });
  };

  float sums[down][across][4] = {};
  load(0);
  store(0);
  __syncthreads();
  int half = 0;
  for (int k = 0; k < p.K; k += depth) {
    const bool more = k + depth < p.K;
    if (more) {
      load(k + depth);
    }
#pragma unroll
    for (int word = 0; word < words; word += 8) {  // 8 words of k are one step of a matrix unit
      uint32_t rows[down][4], columns[across][2];
#pragma unroll
      for (int i = 0; i < down; ++i) {
#pragma unroll
        for (int r = 0; r < 4; ++r) {
          rows[i][r] = *reinterpret_cast<const uint32_t*>(
              &a_tile[half][my_row + i * 16 + group + r % 2 * 8][(word + t + r / 2 * 4) * per_word]);
        }
      }
#pragma unroll
      for (int j = 0; j < across; ++j) {
#pragma unroll
        for (int r = 0; r < 2; ++r) {
          columns[j][r] = *reinterpret_cast<const uint32_t*>(
              &b_tile[half][my_column + j * 8 + group][(word + t + r * 4) * per_word]);
        }
      }
#pragma unroll
      for (int i = 0; i < down; ++i) {
#pragma unroll
        for (int j = 0; j < across; ++j) {
          Operand::multiply(sums[i][j], rows[i], columns[j]);
        }
      }
    }
    if (more) {
      store(1 - half);
    }
    __syncthreads();
    half = 1 - half;
  }

  float* c = p.c + blockIdx.y * p.c_step;
#pragma unroll
  for (int i = 0; i < down; ++i) {
#pragma unroll
    for (int j = 0; j < across; ++j) {
#pragma unroll
      for (int r = 0; r < 4; ++r) {
        const int m = first_row + my_row + i * 16 + group + r / 2 * 8;
        const int n = first_column + my_column + j * 8 + 2 * t + r % 2;
        if (m < p.M && n < p.N) {
          p.put(c, m, n, sums[i][j][r]);
        }
      }
    }
  }
}

}  // namespace helder::kernels
