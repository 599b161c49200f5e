#include "kernels/matmul/matmul.h"

#include <algorithm>

#include "kernels/cuda/launch.h"
#include "kernels/cuda/matrix_units.h"
#include "kernels/matmul/tensor_core_tile.cuh"
#include "kernels/matmul/warp_tile.cuh"

namespace helder::kernels {

namespace {

// With fewer blocks of large tiles than this, most of a GPU would have nothing to do, and small tiles are
// faster.
constexpr int64_t kManyBlocks = 96;

// Whether `width` neighbours can be read at once: they lie along the contiguous direction, whose length is a
// multiple of them, and each line and each pair begins at a multiple.
template <class T>
bool in_packs(const Matrix<T>& matrix, int64_t rows, int64_t K, std::span<const int64_t> offsets,
              int64_t width) {
  const bool along_k = matrix.column_stride == 1;
  if (!along_k && matrix.row_stride != 1) {
    return false;
  }
  const int64_t line = along_k ? K : rows, pitch = along_k ? matrix.row_stride : matrix.column_stride;
  return line % width == 0 && pitch % width == 0 &&
         reinterpret_cast<uintptr_t>(matrix.data) % (sizeof(T) * static_cast<size_t>(width)) == 0 &&
         std::all_of(offsets.begin(), offsets.end(), [=](int64_t offset) { return offset % width == 0; });
}

template <auto Kernel, class Tiles, class T>
void launch_tiles(const Product<T>& p, int64_t count) {
  const unsigned tiles = blocks_for(p.M, Tiles::kRows) * blocks_for(p.N, Tiles::kColumns);
  launch<Kernel>({.grid = {tiles, static_cast<unsigned>(count)}, .block = Tiles::kThreads}, p);
}

template <class Operand, int Width>
void launch_cores(const Product<float>& p, int64_t count, bool large) {
  using Large = CoreTiles<128, 128, 64, 32>;
  using Small = CoreTiles<64, 64, 32, 16>;
  if (large) {
    launch_tiles<matmul_core_tiles<Operand, Large, Width>, Large>(p, count);
  } else {
    launch_tiles<matmul_core_tiles<Operand, Small, Width>, Small>(p, count);
  }
}

template <int Width>
void launch_product(const Product<float>& p, int64_t count, ProductPrecision precision) {
  if (precision != ProductPrecision::Float32) {
    check_matrix_units("matmul");
  }
  const bool large = int64_t{blocks_for(p.M, 128)} * blocks_for(p.N, 128) * count >= kManyBlocks;
  if (precision == ProductPrecision::Tf32) {
    launch_cores<Tf32Operand, Width>(p, count, large);
  } else if (precision == ProductPrecision::BFloat16) {
    launch_cores<BFloat16Operand, Width>(p, count, large);
  } else if (large) {
    using Tiles = WarpTiles<128, 128, 8, 8, 8>;
    launch_tiles<matmul_warp_tiles<float, Tiles, Width>, Tiles>(p, count);
  } else {
    using Tiles = WarpTiles<64, 64, 16, 4, 4>;
    launch_tiles<matmul_warp_tiles<float, Tiles, Width>, Tiles>(p, count);
  }
}

template <int Width>
void launch_product(const Product<double>& p, int64_t count, ProductPrecision) {
  using Tiles = WarpTiles<64, 64, 8, 4, 4>;
  launch_tiles<matmul_warp_tiles<double, Tiles, Width>, Tiles>(p, count);
}

// The step between offsets that are 0, step, 2 step ...; -1 if they are not.
int64_t step_of(std::span<const int64_t> offsets) {
  const int64_t step = offsets.size() > 1 ? offsets[1] : 0;
  for (size_t i = 0; i < offsets.size(); ++i) {
    if (offsets[i] != static_cast<int64_t>(i) * step) {
      return -1;
    }
  }
  return step;
}

// Pairs [begin, begin + count) of a batch, in one launch.
template <class T>
void multiply(Product<T> p, std::span<const int64_t> a_offsets, std::span<const int64_t> b_offsets,
              ProductPrecision precision) {
  constexpr int width = 16 / sizeof(T);
  const int64_t count = static_cast<int64_t>(a_offsets.size());
  if (in_packs(p.a, p.M, p.K, a_offsets, width) && in_packs(p.b, p.N, p.K, b_offsets, width)) {
    launch_product<width>(p, count, precision);
  } else {
    launch_product<1>(p, count, precision);
  }
}

}  // namespace

template <class T>
void matmul_cuda(int64_t M, int64_t N, int64_t K, const Matrix<T>& a, const Matrix<T>& b, T* c, int64_t ldc,
                 Start<T> start, ProductPrecision precision) {
  if (M == 0 || N == 0) {
    return;
  }
  const int64_t none[] = {0};
  multiply<T>({count_of("matmul", M),
               count_of("matmul", N),
               count_of("matmul", K),
               a,
               b.transposed(),
               c,
               ldc,
               0,
               start,
               {}},
              none, none, precision);
}

template <class T>
void matmul_batched_cuda(int64_t M, int64_t N, int64_t K, const Matrix<T>& a,
                         std::span<const int64_t> a_offsets, const Matrix<T>& b,
                         std::span<const int64_t> b_offsets, T* c, ProductPrecision precision) {
  if (M == 0 || N == 0) {
    return;
  }
  Product<T> p = {count_of("matmul", M),
                  count_of("matmul", N),
                  count_of("matmul", K),
                  a,
                  b.transposed(),
                  c,
                  N,
                  M * N,
                  {},
                  {}};
  const size_t count = a_offsets.size();
  p.offsets.a_step = step_of(a_offsets);
  p.offsets.b_step = step_of(b_offsets);
  p.offsets.listed = p.offsets.a_step < 0 || p.offsets.b_step < 0;
  const size_t most = p.offsets.listed ? BatchOffsets::kListed : 32768;
  for (size_t begin = 0; begin < count; begin += most) {
    const size_t n = std::min(most, count - begin);
    const std::span<const int64_t> a_part = a_offsets.subspan(begin, n), b_part = b_offsets.subspan(begin, n);
    if (p.offsets.listed) {
      std::copy(a_part.begin(), a_part.end(), p.offsets.a_list);
      std::copy(b_part.begin(), b_part.end(), p.offsets.b_list);
    } else {
      p.a.data = a.data + a_part[0];
      p.b.data = b.data + b_part[0];
    }
    p.c = c + static_cast<int64_t>(begin) * M * N;
    multiply(p, a_part, b_part, precision);
  }
}

template void matmul_cuda(int64_t, int64_t, int64_t, const Matrix<float>&, const Matrix<float>&, float*,
                          int64_t, Start<float>, ProductPrecision);
template void matmul_cuda(int64_t, int64_t, int64_t, const Matrix<double>&, const Matrix<double>&, double*,
                          int64_t, Start<double>, ProductPrecision);
template void matmul_batched_cuda(int64_t, int64_t, int64_t, const Matrix<float>&, std::span<const int64_t>,
                                  const Matrix<float>&, std::span<const int64_t>, float*, ProductPrecision);
template void matmul_batched_cuda(int64_t, int64_t, int64_t, const Matrix<double>&, std::span<const int64_t>,
                                  const Matrix<double>&, std::span<const int64_t>, double*, ProductPrecision);

}  // namespace helder::kernels
