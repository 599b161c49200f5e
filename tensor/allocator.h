#pragma once

#include <cstddef>
#include <cstdint>

namespace helder {

/// What the caching allocator has done since the program started, or since `reset_peak_memory()`.
struct MemoryStats {
  size_t bytes_in_use = 0;          ///< held by living tensors (rounded up to size classes)
  size_t peak_bytes_in_use = 0;     ///< the most that `bytes_in_use` has been
  size_t bytes_cached = 0;          ///< freed by tensors and kept for the next ones
  uint64_t system_allocations = 0;  ///< blocks asked from the operating system
  uint64_t cache_hits = 0;          ///< blocks that a freed one served
};

/// The caching allocator behind every CPU tensor. A freed block waits in the list of its size class for the
/// next tensor of that class, so a training step that repeats its shapes asks the system for nothing: no page
/// faults, no zeroing, no lock inside the kernel. Blocks are aligned to 64 bytes (a cache line, an AVX-512
/// register); those of 4 MiB and more to 2 MiB, with huge pages advised.
///
/// Thread-safe. Throws `Error` when the system has no memory left, after giving back what was cached.
void* allocate_bytes(size_t bytes);
void free_bytes(void* block, size_t bytes) noexcept;

/// The size class of a request: the next multiple of 64 up to 1 KiB, then four steps to each power of two.
size_t allocation_size(size_t bytes);

MemoryStats memory_stats();

/// Starts the peak again from what is in use now.
void reset_peak_memory();

/// Gives all cached blocks back to the system.
void release_cached_memory();

}  // namespace helder
