#pragma once

#include <cstddef>

#include "tensor/allocator.h"

/// The memory of the GPU, which only kernels can read and write (kernels/cuda/memory.cpp). In a build without
/// CUDA `is_available` says no, and the rest throws.
namespace helder::cuda {

/// Whether this build has CUDA kernels and this machine something that runs them.
bool is_available();

/// As their namesakes in tensor/allocator.h: a freed block waits in the list of its size class, a list for
/// each stream (tensor/cuda_stream.h). It may be handed out again while kernels still work on it, since
/// whoever gets it queues on the same stream, behind them.
void* allocate_bytes(size_t bytes);
void free_bytes(void* block, size_t bytes) noexcept;
MemoryStats memory_stats();
void reset_peak_memory();
void release_cached_memory();

/// Copies `bytes` between memories, on the current stream. Towards the CPU it returns when the bytes are
/// there, from there when they have been read; within the GPU it only queues.
void copy_to_cpu(void* to, const void* from, size_t bytes);
void copy_from_cpu(void* to, const void* from, size_t bytes);
void copy_within(void* to, const void* from, size_t bytes);

/// Waits for everything that was launched; throws what went wrong in it.
void synchronize();

}  // namespace helder::cuda
