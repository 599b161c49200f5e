// The memory of the GPU: tensor/cuda_memory.h over CUDA's runtime, or over simt's.

#include "tensor/cuda_built.h"

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT

#include "kernels/cuda/check.h"
#include "tensor/caching_allocator.h"
#include "tensor/cuda_memory.h"
#include "tensor/cuda_runtime.h"

namespace helder::cuda {
namespace {

void* device_allocate(size_t bytes) {
  void* block = nullptr;
  if (cudaMalloc(&block, bytes) != cudaSuccess) {
    cudaGetLastError();  // or the next launch would report it
    return nullptr;
  }
  return block;
}

void device_free(void* block) { cudaFree(block); }

// Never destroyed, as the CPU's.
CachingAllocator& allocator() {
  static auto* instance = new CachingAllocator({.name = "the GPU",
                                                .allocate = device_allocate,
                                                .free = device_free,
                                                .poisoned = HELDER_CUDA_SIMT != 0});
  return *instance;
}

}  // namespace

bool is_available() {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
}

void* allocate_bytes(size_t bytes) { return allocator().allocate(bytes); }
void free_bytes(void* block, size_t bytes) noexcept { allocator().free(block, bytes); }
MemoryStats memory_stats() { return allocator().stats(); }
void reset_peak_memory() { allocator().reset_peak(); }
void release_cached_memory() { allocator().release_cached(); }

void copy_to_cpu(void* to, const void* from, size_t bytes) {
  kernels::check_cuda(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost), "copy to the CPU");
}

void copy_from_cpu(void* to, const void* from, size_t bytes) {
  kernels::check_cuda(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "copy to the GPU");
}

void copy_within(void* to, const void* from, size_t bytes) {
  kernels::check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, nullptr), "copy on the GPU");
}

void synchronize() { kernels::check_cuda(cudaDeviceSynchronize(), "synchronize"); }

}  // namespace helder::cuda

#endif
