#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "tensor/caching_allocator.h"
#include "tensor/cuda_runtime.h"

namespace helder::kernels {

/// A cache of blocks whose users queue behind each other: those of one stream, or of one graph.
class MemoryPool {
 public:
  /// AddressSanitizer is told which blocks of a stream are free. Those of a graph never are: replays use
  /// them.
  explicit MemoryPool(bool of_graph);
  ~MemoryPool() { blocks.release_cached(); }
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;

  CachingAllocator blocks;

 private:
  friend class MemoryPools;

  // A freed block that other streams may still use, until all of these events have happened.
  struct Waiting {
    void* block;
    size_t bytes;
    std::vector<cudaEvent_t> events;
  };
  std::deque<Waiting> waiting_;
};

/// The GPU's memory: a pool for each stream, and one for each graph that is or was captured. A block comes
/// from the pool of the stream that is current, or of the graph that this thread captures, and goes back to
/// the same pool, whatever is current by then. Thread-safe.
class MemoryPools {
 public:
  void* allocate(size_t bytes);
  void free(void* block, size_t bytes) noexcept;
  /// `stream` uses a block in use as well (cuda::record_stream).
  void note_use(void* block, cudaStream_t stream);

  /// Sums over all pools.
  MemoryStats stats();
  void reset_peak();
  /// Of the streams. A graph's blocks stay: it uses them when it is replayed.
  void release_cached();

  std::shared_ptr<MemoryPool> new_pool();
  /// Where this thread allocates until it is called with null: a graph's pool, while it is captured. Returns
  /// what it was before.
  static std::shared_ptr<MemoryPool> use_for_capture(std::shared_ptr<MemoryPool> pool);

 private:
  std::shared_ptr<MemoryPool> current();
  void take_back(MemoryPool& pool);

  std::mutex mutex_;  // of what follows
  std::unordered_map<cudaStream_t, std::shared_ptr<MemoryPool>> of_streams_;
  std::vector<std::weak_ptr<MemoryPool>> of_graphs_;
  std::unordered_map<void*, std::shared_ptr<MemoryPool>> owners_;     // of each block in use
  std::unordered_map<void*, std::vector<cudaStream_t>> other_users_;  // of blocks in use
};

/// Never destroyed, as the CPU's allocator.
MemoryPools& memory_pools();

}  // namespace helder::kernels
