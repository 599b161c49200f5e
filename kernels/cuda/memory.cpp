// The memory of the GPU: tensor/cuda_memory.h over CUDA's runtime, or over simt's.

#include "tensor/cuda_built.h"

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT

#include "kernels/cuda/check.h"
#include "kernels/cuda/deferred_check.h"
#include "kernels/cuda/memory_pools.h"
#include "kernels/cuda/stream.h"
#include "tensor/cuda_graph.h"
#include "tensor/cuda_memory.h"
#include "tensor/cuda_runtime.h"
#include "tensor/error.h"

namespace helder::cuda {

using kernels::check_cuda;
using kernels::stream_now;

namespace {

// Nothing is computed while a graph is captured: there is nothing to wait for, and nothing to copy.
void refuse_in_capture(const char* what) {
  check(!is_capturing(),
        "{}: not while a graph is captured, when nothing is computed yet: read results after a replay, and "
        "make tensors before the capture",
        what);
}

}  // namespace

bool is_available() {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
}

void* allocate_bytes(size_t bytes) { return kernels::memory_pools().allocate(bytes); }
void free_bytes(void* block, size_t bytes) noexcept { kernels::memory_pools().free(block, bytes); }
MemoryStats memory_stats() { return kernels::memory_pools().stats(); }
void reset_peak_memory() { kernels::memory_pools().reset_peak(); }
void release_cached_memory() { kernels::memory_pools().release_cached(); }

void copy_to_cpu(void* to, const void* from, size_t bytes) {
  refuse_in_capture("copy to the CPU");
  check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream_now()), "copy to the CPU");
  check_cuda(cudaStreamSynchronize(stream_now()), "copy to the CPU");
  kernels::report_deferred_checks();
}

void copy_from_cpu(void* to, const void* from, size_t bytes) {
  refuse_in_capture("copy to the GPU");
  check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream_now()), "copy to the GPU");
  check_cuda(cudaStreamSynchronize(stream_now()), "copy to the GPU");
}

void copy_within(void* to, const void* from, size_t bytes) {
  check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_now()), "copy on the GPU");
}

void synchronize() {
  refuse_in_capture("synchronize");
  check_cuda(cudaDeviceSynchronize(), "synchronize");
  kernels::report_deferred_checks();
}

}  // namespace helder::cuda

#endif
