#pragma once

#include <initializer_list>

#include "tensor/tensor.h"

namespace helder {

[[noreturn]] void fail_devices(const char* operation, std::initializer_list<const Tensor*> tensors);

/// Where an op runs: true when all its tensors, undefined ones aside, are on the CPU, false when all are on
/// the GPU. Throws when they are on both, and says which is where:
///
///   if (on_cpu("softmax", x)) {
///     kernels::softmax_forward_cpu(geometry, x.data<T>(), y.data<T>());
///   } else if constexpr (kCudaBuilt) {
///     kernels::softmax_forward_cuda(geometry, x.cuda_data<T>(), y.cuda_data<T>());
///   }
template <class... Tensors>
bool on_cpu(const char* operation, const Tensors&... tensors) {
  bool cpu = true, cuda = true;
  ((cpu = cpu && (!tensors.defined() || tensors.is_cpu()),
    cuda = cuda && (!tensors.defined() || tensors.is_cuda())),
   ...);
  if (!cpu && !cuda) [[unlikely]] {
    fail_devices(operation, {&tensors...});
  }
  return cpu;
}

}  // namespace helder
