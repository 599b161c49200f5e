#pragma once

#include <cstddef>
#include <cstdint>

#include "tensor/cuda_memory.h"

namespace helder::kernels {

/// Scratch memory on the GPU for the length of a scope of the host: `count` uninitialised elements. Kernels
/// that were launched in the scope may still run at its end; whoever gets the memory next queues behind them.
template <class T>
class CudaWorkspace {
 public:
  explicit CudaWorkspace(int64_t count)
      : bytes_(static_cast<size_t>(count) * sizeof(T)),
        data_(static_cast<T*>(cuda::allocate_bytes(bytes_))) {}
  ~CudaWorkspace() { cuda::free_bytes(data_, bytes_); }
  CudaWorkspace(const CudaWorkspace&) = delete;
  CudaWorkspace& operator=(const CudaWorkspace&) = delete;

  T* data() const { return data_; }

 private:
  size_t bytes_;
  T* data_;
};

}  // namespace helder::kernels
