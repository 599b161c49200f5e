#pragma once

#include "kernels/cuda/strided_index.h"
#include "tensor/strided_loop.h"

namespace helder::kernels {

/// The CPU's loop in the form that a kernel takes. Not for .cu files, which leave the tensor's headers alone.
template <int N>
StridedIndex<N> strided_index(const StridedLoop<N>& loop) {
  static_assert(StridedIndex<N>::kMaxRank == kMaxRank);
  StridedIndex<N> index;
  index.numel = loop.numel();
  index.rank = loop.sizes().rank();
  for (int d = 0; d < index.rank; ++d) {
    index.sizes[d] = loop.sizes()[d];
    for (int operand = 0; operand < N; ++operand) {
      index.strides[operand][d] = loop.strides(operand)[d];
    }
  }
  return index;
}

}  // namespace helder::kernels
