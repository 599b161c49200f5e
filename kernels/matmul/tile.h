#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "kernels/epilogue_simd.h"
#include "kernels/matmul/matmul.h"
#include "kernels/simd.h"

/// The innermost part of every matrix product and convolution: one tile of C, held in vector registers while
/// it takes up the products of all k.
namespace helder::kernels {

/// A full tile is kTileRows rows of kTileVectors vectors. Step k loads the vectors of row k of B, broadcasts
/// the numbers of column k of A one after the other, and does rows x vectors multiply-adds with them. The
/// tile should fill the registers: the more sums, the fewer loads each multiply-add costs, and at least 8
/// must be independent to hide its latency (4 cycles, 2 units).
///
///   32 registers (AVX-512, NEON): 8 x 3 = 24 sums + 3 of B + 1 of A; 11 loads for 24 multiply-adds.
///   16 registers (AVX2, SSE2):    6 x 2 = 12 sums + 2 of B + 1 of A;  8 loads for 12 multiply-adds.
///
/// 12 x 2 and 14 x 2 are as fast with AVX-512, but the channel counts of networks are multiples of 8.
inline constexpr int kTileRows = simd::kVectorRegisters == 32 ? 8 : 6;
inline constexpr int kTileVectors = simd::kVectorRegisters == 32 ? 3 : 2;

/// Columns of a full tile: 48 floats with AVX-512.
template <class T>
inline constexpr int kTileColumns = kTileVectors* simd::kLanes<T>;

/// sums[r][v] += sum over k in [0, count) of a(r, k) * B[k, vector v], k ascending, where row k of B begins
/// at b(k). With Partial, only `last` lanes of the last vector exist.
template <class T, int Rows, int Vectors, bool Partial, class A, class B>
HELDER_INLINE void multiply_add(simd::Vec<T> (&sums)[Rows][Vectors], int64_t count, const A& a, const B& b,
                                int64_t last = 0) {
#pragma GCC unroll 1  // g++ would have to move the sums from register to register between copies of the loop
  for (int64_t k = 0; k < count; ++k) {
    const T* row = b(k);
    simd::Vec<T> bk[Vectors];
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) {
      const T* p = row + v * simd::kLanes<T>;
      bk[v] = Partial && v == Vectors - 1 ? simd::load_partial(p, last) : simd::load(p);
    }
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const simd::Vec<T> ark = simd::broadcast<T>(a(r, k));
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) {
        sums[r][v] = ark * bk[v] + sums[r][v];
      }
    }
  }
}

/// A tile's place in C.
template <class T>
struct TileOutput {
  T* c;                  // the first element
  int64_t ldc;           // between rows
  int64_t columns;       // 1 ... vectors * lanes
  Start<T> start;        // its bias belongs to the first row or column of the tile
  Epilogue<T> end = {};  // so do its scale, shift and residual
};

/// The whole life of a tile: sums start from a bias or 0, `accumulate(sums)` adds the products, C takes the
/// result; where it starts from C, that is added last, before the epilogue. C comes from far, in rows that
/// often share their cache set: it is called for at once, and arrives while the products are taken up, unless
/// `accumulate` does that itself.
template <class T, int Rows, int Vectors, bool CallForOutput = true, class Accumulate>
HELDER_INLINE void compute_tile(const TileOutput<T>& out, const Accumulate& accumulate) {
  constexpr int lanes = simd::kLanes<T>;
  const int64_t last = out.columns - (Vectors - 1) * lanes;  // columns of the last vector
  const auto read = [&](const T* row, int v) {
    return v == Vectors - 1 && last != lanes ? simd::load_partial(row + v * lanes, last)
                                             : simd::load(row + v * lanes);
  };
  if constexpr (CallForOutput) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) {
        __builtin_prefetch(out.c + r * out.ldc + v * lanes, /*write=*/1);
      }
    }
  }
  simd::Vec<T> sums[Rows][Vectors];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) {
      sums[r][v] = simd::Vec<T>{};
    }
  }
  if (out.start.kind == Start<T>::RowBias || out.start.kind == Start<T>::ColumnBias) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) {
        sums[r][v] = out.start.kind == Start<T>::RowBias ? simd::broadcast<T>(out.start.bias[r])
                                                         : read(out.start.bias, v);
      }
    }
  }
  accumulate(sums);
  if (out.start.kind == Start<T>::Output) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) {
        sums[r][v] += read(out.c + r * out.ldc, v);
      }
    }
  }
  if (!out.end.empty()) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const simd::Vec<T> scale = simd::broadcast<T>(out.end.scale_of(r)),
                         shift = simd::broadcast<T>(out.end.shift_of(r));
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) {
        simd::Vec<T> sum = sums[r][v] * scale + shift;
        if (out.end.residual != nullptr) {
          sum += read(out.end.residual + r * out.ldc, v);
        }
        sums[r][v] = limited(out.end, sum);
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) {
      T* p = out.c + r * out.ldc + v * lanes;
      if (v == Vectors - 1 && last != lanes) {
        simd::store_partial(p, sums[r][v], last);
      } else {
        simd::store(p, sums[r][v]);
      }
    }
  }
}

/// Calls body.operator()<Rows, Vectors>() for the run-time sizes 1 <= rows <= kTileRows, 1 <= vectors <=
/// kTileVectors, so that each size has its own unrolled code.
template <class Body>
HELDER_INLINE void with_tile_size(int64_t rows, int64_t vectors, const Body& body) {
  using Call = void (*)(const Body&);
  static constexpr auto table = []<int... I>(std::integer_sequence<int, I...>) {
    return std::array<Call, sizeof...(I)>{
        [](const Body& b) { b.template operator()<I / kTileVectors + 1, I % kTileVectors + 1>(); }...};
  }
  (std::make_integer_sequence<int, kTileRows * kTileVectors>());
  table[static_cast<size_t>((rows - 1) * kTileVectors + vectors - 1)](body);
}

}  // namespace helder::kernels
