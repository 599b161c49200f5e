#pragma once

// What kernels are given for an optional tensor, such as a weight: its numbers, or null. Private to
// autograd/ops/.

#include "tensor/tensor.h"

namespace helder {

template <class T>
T* data_or_null(const Tensor& x) {
  return x.defined() ? x.data<T>() : nullptr;
}

/// The same on the GPU.
template <class T>
T* cuda_data_or_null(const Tensor& x) {
  return x.defined() ? x.cuda_data<T>() : nullptr;
}

}  // namespace helder
