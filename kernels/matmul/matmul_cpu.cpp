#include "kernels/matmul/matmul.h"

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

#include "kernels/matmul/blocks.h"
#include "kernels/matmul/dots.h"

namespace helder::kernels {
namespace {

// Multiply-adds that are worth handing to a thread: some 2 microseconds.
constexpr int64_t kGrain = 1 << 17;

// Up to so many rows a product is too short to pay for packing B.
constexpr int64_t kShortRows = 2 * kTileRows;
constexpr int64_t kDotShortRows = 48;

// Three eighths of level 2, in bytes: what a thread's block of B may take, beside the C and A that pass
// through. Machines that do not tell have 1 MiB.
int64_t block_bytes() {
  static const int64_t bytes = [] {
    int64_t level2 = 0;
#if defined(_SC_LEVEL2_CACHE_SIZE)
    level2 = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    return (level2 > 0 ? level2 : int64_t{1} << 20) * 3 / 8;
  }();
  return bytes;
}

bool in_parallel() {
#if defined(_OPENMP)
  return omp_in_parallel();
#else
  return false;
#endif
}

// C in a grid of parts, at most one a thread: a part packs what it needs for itself, so nobody waits for
// anybody. Where the borders are changes no bit of the result: that may depend on the threads.
struct Parts {
  Split rows, columns;
};

template <class T>
Parts parts_of(int64_t M, int64_t N, int64_t K) {
  // A number that is packed costs about as much as so many multiply-adds.
  constexpr int64_t kPackingCost = 32;
  const int64_t worth = M * N * K / kGrain;
  const int64_t threads = in_parallel() ? 1 : std::clamp<int64_t>(worth, 1, num_threads());
  Parts best{Split(M, M, 1), Split(N, N, 1)};
  int64_t best_cost = INT64_MAX;
  for (int64_t across = 1; across <= threads; ++across) {
    const int64_t down = threads / across;
    const Parts parts{Split(M, (M + down - 1) / down, kTileRows),
                      Split(N, (N + across - 1) / across, simd::kLanes<T>)};
    const int64_t rows = parts.rows.size, columns = parts.columns.size;
    const int64_t cost = rows * columns + kPackingCost * (rows + columns);
    if (cost < best_cost) {
      best_cost = cost;
      best = parts;
    }
  }
  return best;
}

template <class T>
void matmul_packed(int64_t M, int64_t N, int64_t K, const Matrix<T>& a, const Matrix<T>& b, T* c, int64_t ldc,
                   Start<T> start) {
  const Parts parts = parts_of<T>(M, N, K);
  const int64_t block_numbers = block_bytes() / static_cast<int64_t>(sizeof(T));
  parallel_for(parts.rows.count * parts.columns.count, 1, [&](int64_t first, int64_t last) {
    for (int64_t part = first; part < last; ++part) {
      const int64_t row = part / parts.columns.count * parts.rows.size;
      const int64_t column = part % parts.columns.count * parts.columns.size;
      multiply_blocks(row, std::min(M, row + parts.rows.size), column,
                      std::min(N, column + parts.columns.size), K, a, b, c, ldc, start, block_numbers);
    }
  });
}

// A tile with A and B where they are. Rows of B are contiguous.
template <class T, int Rows, int Vectors>
void multiply_in_place(int64_t K, const Matrix<T>& a, const T* b, int64_t b_step, const TileOutput<T>& out) {
  constexpr int lanes = simd::kLanes<T>;
  const int64_t last = out.columns - (Vectors - 1) * lanes;
  compute_tile<T, Rows, Vectors>(out, [=](auto& sums) {
    const auto number = [a](int r, int64_t k) { return a(r, k); };
    const auto vectors = [b, b_step](int64_t k) { return b + k * b_step; };
    if (last == lanes) {
      multiply_add<T, Rows, Vectors, false>(sums, K, number, vectors);
    } else {
      multiply_add<T, Rows, Vectors, true>(sums, K, number, vectors, last);
    }
  });
}

// Short A, rows of B contiguous: no packing. One or two rows take wider tiles, which read more of each row of
// B.
template <class T>
void matmul_in_place(int64_t M, int64_t N, int64_t K, const Matrix<T>& a, const Matrix<T>& b, T* c,
                     int64_t ldc, Start<T> start) {
  constexpr int lanes = simd::kLanes<T>;
  constexpr int wide = simd::kVectorRegisters / 4;
  const int64_t width = M <= 2 ? wide * lanes : kTileColumns<T>;
  const int64_t tiles = (N + width - 1) / width;
  parallel_for(tiles, std::max<int64_t>(1, kGrain / (M * K * width + 1)), [&](int64_t first, int64_t last) {
    int64_t columns = 0;
    for (int64_t column = first * width; column < std::min(N, last * width); column += columns) {
      const int64_t rest = std::min(N, last * width) - column;
      columns = rest >= width ? width : std::min<int64_t>(rest, kTileColumns<T>);
      for (int64_t row = 0; row < M; row += kTileRows) {
        const Matrix<T> rows{&a(row, 0), a.row_stride, a.column_stride};
        TileOutput<T> tile{c + row * ldc + column, ldc, columns, start};
        tile.start.bias += start.kind == Start<T>::RowBias      ? row
                           : start.kind == Start<T>::ColumnBias ? column
                                                                : 0;
        if (columns == wide * lanes && M <= 2) {
          (M == 1 ? multiply_in_place<T, 1, wide> : multiply_in_place<T, 2, wide>)(K, rows, &b(0, column),
                                                                                   b.row_stride, tile);
        } else {
          with_tile_size(std::min<int64_t>(kTileRows, M - row), (columns + lanes - 1) / lanes,
                         [&]<int Rows, int Vectors>() {
                           multiply_in_place<T, Rows, Vectors>(K, rows, &b(0, column), b.row_stride, tile);
                         });
        }
      }
    }
  });
}

// Short A, columns of B contiguous: dot products. C is written through two strides, so that either operand
// may play the short one.
template <class T>
void matmul_dots(int64_t M, int64_t N, int64_t K, const Matrix<T>& a, const Matrix<T>& b, T* c, int64_t c_row,
                 int64_t c_column, Start<T> start) {
  const int64_t groups = (N + kDotColumns - 1) / kDotColumns;
  const int64_t grain = std::clamp<int64_t>(kGrain / (M * K * kDotColumns), 4, 64);
  parallel_for(groups, grain, [&](int64_t first, int64_t last) {
    multiply_dots(M, K, a.data, a.row_stride, b.data, b.column_stride, first * kDotColumns,
                  std::min(N, last * kDotColumns), c, c_row, c_column, start);
  });
}

}  // namespace

template <class T>
void matmul_cpu(int64_t M, int64_t N, int64_t K, const Matrix<T>& a, const Matrix<T>& b, T* c, int64_t ldc,
                Start<T> start) {
  if (M == 0 || N == 0) {
    return;
  }
  if (K == 0) {
    for (int64_t m = 0; m < M; ++m) {
      for (int64_t n = 0; n < N; ++n) {
        c[m * ldc + n] = start.at(m, n, c[m * ldc + n]);
      }
    }
    return;
  }
  const bool along_k = (a.column_stride == 1 || K == 1) && (b.row_stride == 1 || K == 1);
  if (along_k && K >= simd::kLanes<T> && std::min(M, N) <= kDotShortRows) {
    if (M <= N) {
      matmul_dots(M, N, K, a, b, c, ldc, 1, start);
    } else {
      matmul_dots(N, M, K, b.transposed(), a.transposed(), c, 1, ldc, start.transposed());
    }
  } else if (M <= kShortRows && (b.column_stride == 1 || N == 1)) {
    matmul_in_place(M, N, K, a, b, c, ldc, start);
  } else if (N == 1 && ldc == 1 && a.row_stride == 1) {
    matmul_in_place(N, M, K, b.transposed(), a.transposed(), c, M, start.transposed());
  } else {
    matmul_packed(M, N, K, a, b, c, ldc, start);
  }
}

template <class T>
void matmul_batched_cpu(int64_t M, int64_t N, int64_t K, const Matrix<T>& a,
                        std::span<const int64_t> a_offsets, const Matrix<T>& b,
                        std::span<const int64_t> b_offsets, T* c) {
  const auto batch = static_cast<int64_t>(a_offsets.size());
  // Few large products share the threads one after the other, many small ones are dealt out.
  const int64_t work = M * N * K;
  const int64_t grain = batch < 8 && work >= 8 * kGrain ? batch : std::max<int64_t>(1, kGrain / (work + 1));
  parallel_for(batch, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto at = static_cast<size_t>(i);
      matmul_cpu(M, N, K, Matrix<T>{a.data + a_offsets[at], a.row_stride, a.column_stride},
                 Matrix<T>{b.data + b_offsets[at], b.row_stride, b.column_stride}, c + i * M * N, N);
    }
  });
}

#define HELDER_INSTANTIATE(T)                                                                             \
  template void multiply_blocks(int64_t, int64_t, int64_t, int64_t, int64_t, const Matrix<T>&,            \
                                const Matrix<T>&, T*, int64_t, Start<T>, int64_t);                        \
  template void matmul_cpu(int64_t, int64_t, int64_t, const Matrix<T>&, const Matrix<T>&, T*, int64_t,    \
                           Start<T>);                                                                     \
  template void matmul_batched_cpu(int64_t, int64_t, int64_t, const Matrix<T>&, std::span<const int64_t>, \
                                   const Matrix<T>&, std::span<const int64_t>, T*);
HELDER_INSTANTIATE(float)
HELDER_INSTANTIATE(double)
#undef HELDER_INSTANTIATE

}  // namespace helder::kernels
