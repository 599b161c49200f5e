// What a build without CUDA says where one with it would act.

#include "tensor/cuda_built.h"
#include "tensor/cuda_memory.h"
#include "tensor/error.h"

namespace helder::cuda {

#if !HELDER_CUDA_NVCC && !HELDER_CUDA_SIMT

bool is_available() { return false; }

void* allocate_bytes(size_t) {
  fail("cuda: this build has no CUDA kernels; configure with -DHELDER_CUDA=simt, or with nvcc and a GPU");
}

// Nothing was ever allocated there, so there is nothing to do.
void free_bytes(void*, size_t) noexcept {}
MemoryStats memory_stats() { return {}; }
void reset_peak_memory() {}
void release_cached_memory() {}
void copy_to_cpu(void*, const void*, size_t) {}
void copy_from_cpu(void*, const void*, size_t) {}
void copy_within(void*, const void*, size_t) {}
void synchronize() {}

#endif

}  // namespace helder::cuda
