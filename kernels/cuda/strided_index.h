#pragma once

#include <cstdint>

namespace helder::kernels {

/// What a kernel needs to walk N strided operands of one (broadcast) shape: plain numbers, passed by value.
/// `strided_index` makes it from a StridedLoop, which has dropped and merged dimensions already.
template <int N>
struct StridedIndex {
  static constexpr int kMaxRank = 8;
  int64_t numel = 0;
  int rank = 0;
  int64_t sizes[kMaxRank] = {};
  int64_t strides[N][kMaxRank] = {};

  /// Where element i, in row-major order, of each operand is.
  constexpr void locate(int64_t i, int64_t (&offsets)[N]) const {
    for (int operand = 0; operand < N; ++operand) {
      offsets[operand] = 0;
    }
    for (int d = rank - 1; d >= 0; --d) {
      const int64_t at = d == 0 ? i : i % sizes[d];
      i /= sizes[d];
      for (int operand = 0; operand < N; ++operand) {
        offsets[operand] += at * strides[operand][d];
      }
    }
  }
};

}  // namespace helder::kernels
