#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "kernels/cuda/grid_stride.h"

/// Many tensors, updated by one launch: a network has some hundred parameters, most of them small, and a
/// launch costs more than their arithmetic. The table of their addresses is an argument of the kernel.
namespace helder::kernels {

/// A parameter, its gradient, and what the optimiser keeps beside it (null where it keeps nothing); all [n].
template <class T, int Buffers>
struct OptimTensor {
  int64_t n;
  T* param;
  const T* grad;
  std::array<T*, Buffers> buffers;
};

template <class T, int Buffers>
struct TensorTable {
  static constexpr int kTensors = 64;  // a launch has room for 4 KiB of arguments
  static constexpr int64_t kPiece = 4096;

  int64_t n[kTensors];
  T* param[kTensors];
  const T* grad[kTensors];
  T* buffers[Buffers][kTensors];
  int first_block[kTensors + 1];  // block b has piece b - first_block[t] of the tensor t that it belongs to
  int count = 0;

  /// Whose piece this block has: the last tensor that begins at it or before.
  __device__ __forceinline__ int tensor() const {
    int low = 0, high = count;  // the one that is looked for is in [low, high)
    while (high - low > 1) {
      const int middle = (low + high) / 2;
      (first_block[middle] <= static_cast<int>(blockIdx.x) ? low : high) = middle;
    }
    return low;
  }
};

/// Calls start(table, grid) for tables that together hold all tensors.
template <class T, int Buffers, class Start>
void for_each_table(std::span<const OptimTensor<T, Buffers>> tensors, const Start& start) {
  using Table = TensorTable<T, Buffers>;
  Table table;
  table.first_block[0] = 0;
  const auto finish = [&] {
    if (table.count > 0) {
      start(table,
            Launch{.grid = static_cast<unsigned>(table.first_block[table.count]), .block = kBlockThreads});
      table.count = 0;
    }
  };
  for (const auto& tensor : tensors) {
    if (tensor.n == 0) {
      continue;
    }
    const int t = table.count++;
    table.n[t] = tensor.n;
    table.param[t] = tensor.param;
    table.grad[t] = tensor.grad;
    for (int b = 0; b < Buffers; ++b) {
      table.buffers[b][t] = tensor.buffers[static_cast<size_t>(b)];
    }
    table.first_block[t + 1] = table.first_block[t] + static_cast<int>(blocks_for(tensor.n, Table::kPiece));
    if (table.count == Table::kTensors) {
      finish();
    }
  }
  finish();
}

}  // namespace helder::kernels
