#pragma once

#include "kernels/tensor/tensor_cuda.h"

namespace helder::kernels {

/// x[0 .. n) = 0, before atomics add to it.
template <class T>
void zero_cuda(int64_t n, T* x) {
  StridedIndex<1> index;
  index.numel = n;
  index.rank = 1;
  index.sizes[0] = n;
  index.strides[0][0] = 1;
  fill_strided_cuda(index, x, T(0));
}

}  // namespace helder::kernels
