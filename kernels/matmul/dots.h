#pragma once

#include "kernels/matmul/packing.h"

/// Products as dot products, for a short A and a B whose columns are contiguous: y = x W^T of a linear layer
/// with a small batch. Vectors run along k, so neither operand needs a copy; only the sums' lanes must be
/// added up at the end. Packing would cost as much as the product itself.
namespace helder::kernels {

/// 4 x 4 dot products at a time (2 x 4 with 16 registers): 8 loads for 16 multiply-adds.
inline constexpr int kDotRows = simd::kVectorRegisters == 32 ? 4 : 2;
inline constexpr int kDotColumns = 4;

/// The k that are added up before C is visited, and the rows of A that stay in level 1 meanwhile: 8 x 1024
/// floats are 32 KiB.
inline constexpr int64_t kDotDepth = 1024;
inline constexpr int64_t kDotBlockRows = 8;

/// Sums of the lanes of each of `lanes` vectors, as one vector: lane i is the sum of v[i]. The steps of a
/// transpose, with an addition after each: half as many vectors go into the next.
template <class T, int Distance = simd::kLanes<T> / 2>
HELDER_INLINE simd::Vec<T> sum_each(simd::Vec<T> (&v)[simd::kLanes<T>]) {
  if constexpr (Distance == 0) {
    return v[0];
  } else {
#pragma GCC unroll 16
    for (int i = 0; i < Distance; ++i) {
      simd::exchange<T, Distance>(v[i], v[i + Distance], std::make_integer_sequence<int, simd::kLanes<T>>());
      v[i] += v[i + Distance];
    }
    return sum_each<T, Distance / 2>(v);
  }
}

/// dots[r * kDotColumns + s] = sum over k in [0, depth) of a[r * a_stride + k] * b[s][k].
template <class T, int Rows>
HELDER_INLINE void dot_tile(int64_t depth, const T* a, int64_t a_stride, const T* const (&b)[kDotColumns],
                            T* dots) {
  constexpr int lanes = simd::kLanes<T>;
  constexpr int count = Rows * kDotColumns;
  constexpr int groups = (count + lanes - 1) / lanes;
  simd::Vec<T> sums[groups * lanes] = {};
  const auto step = [&](auto load, int64_t k) {
    simd::Vec<T> bk[kDotColumns];
#pragma GCC unroll 16
    for (int s = 0; s < kDotColumns; ++s) {
      bk[s] = load(b[s] + k);
    }
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const simd::Vec<T> ark = load(a + r * a_stride + k);
#pragma GCC unroll 16
      for (int s = 0; s < kDotColumns; ++s) {
        sums[r * kDotColumns + s] = ark * bk[s] + sums[r * kDotColumns + s];
      }
    }
  };
  int64_t k = 0;
  for (; k + lanes <= depth; k += lanes) {
    step(
        [](const T* p) __attribute__((always_inline)) { return simd::load(p); }, k);
  }
  if (k < depth) {
    step(
        [rest = depth - k](const T* p) __attribute__((always_inline)) { return simd::load_partial(p, rest); },
        k);
  }
#pragma GCC unroll 16
  for (int g = 0; g < groups; ++g) {
    simd::Vec<T> group[lanes];
#pragma GCC unroll 16
    for (int i = 0; i < lanes; ++i) {
      group[i] = sums[g * lanes + i];
    }
    const simd::Vec<T> total = sum_each<T>(group);
    simd::store_partial(dots + g * lanes, total, std::min(lanes, count - g * lanes));
  }
}

/// C (+)= A B for the columns [column_begin, column_end). Rows of A and columns of B are contiguous: element
/// k of row m is a[m * a_stride + k], of column n b[n * b_stride + k]. C[m, n] is c[m * c_row + n *
/// c_column].
template <class T>
void multiply_dots(int64_t M, int64_t K, const T* a, int64_t a_stride, const T* b, int64_t b_stride,
                   int64_t column_begin, int64_t column_end, T* c, int64_t c_row, int64_t c_column,
                   Start<T> start) {
  for (int64_t k = 0; k < K; k += kDotDepth) {
    const int64_t depth = std::min(kDotDepth, K - k);
    const Start<T> begin = k == 0 ? start : Start<T>::from_output();
    for (int64_t block = 0; block < M; block += kDotBlockRows) {
      const int64_t block_end = std::min(M, block + kDotBlockRows);
      for (int64_t n = column_begin; n < column_end; n += kDotColumns) {
        const T* columns[kDotColumns];
        for (int s = 0; s < kDotColumns; ++s) {  // behind the last column, that one again
          columns[s] = b + std::min(n + s, column_end - 1) * b_stride + k;
        }
        for (int64_t m = block; m < block_end; m += kDotRows) {
          const int64_t rows = std::min<int64_t>(kDotRows, block_end - m);
          T dots[kDotRows * kDotColumns];
          const T* am = a + m * a_stride + k;
          switch (rows) {
            case 1:
              dot_tile<T, 1>(depth, am, a_stride, columns, dots);
              break;
            case 2:
              dot_tile<T, 2>(depth, am, a_stride, columns, dots);
              break;
            case 3:
              dot_tile<T, std::min(3, kDotRows)>(depth, am, a_stride, columns, dots);
              break;
            default:
              dot_tile<T, kDotRows>(depth, am, a_stride, columns, dots);
          }
          for (int64_t r = 0; r < rows; ++r) {
            for (int64_t s = 0; s < std::min<int64_t>(kDotColumns, column_end - n); ++s) {
              T& out = c[(m + r) * c_row + (n + s) * c_column];
              out = dots[r * kDotColumns + s] + begin.at(m + r, n + s, out);
            }
          }
        }
      }
    }
  }
}

}  // namespace helder::kernels
