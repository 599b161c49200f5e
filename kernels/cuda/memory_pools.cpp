#include "tensor/cuda_built.h"

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT

#include "kernels/cuda/memory_pools.h"

#include <algorithm>
#include <utility>

#include "kernels/cuda/check.h"
#include "kernels/cuda/stream.h"
#include "tensor/cuda_graph.h"
#include "tensor/error.h"

namespace helder::kernels {
namespace {

// While a thread captures, CUDA refuses it all calls that are not of the graph, memory among them, unless it
// says that it knows.
class CaptureAllowed {
 public:
  CaptureAllowed() { cudaThreadExchangeStreamCaptureMode(&mode_); }
  ~CaptureAllowed() { cudaThreadExchangeStreamCaptureMode(&mode_); }
  CaptureAllowed(const CaptureAllowed&) = delete;
  CaptureAllowed& operator=(const CaptureAllowed&) = delete;

 private:
  cudaStreamCaptureMode mode_ = cudaStreamCaptureModeRelaxed;
};

void* device_allocate(size_t bytes) {
  const CaptureAllowed allowed;
  void* block = nullptr;
  if (cudaMalloc(&block, bytes) != cudaSuccess) {
    cudaGetLastError();  // or the next launch would report it
    return nullptr;
  }
  return block;
}

void device_free(void* block) {
  const CaptureAllowed allowed;
  cudaFree(block);
}

thread_local std::shared_ptr<MemoryPool> capture_pool;

bool has_happened(cudaEvent_t event) {
  const bool yes = cudaEventQuery(event) == cudaSuccess;
  cudaGetLastError();
  return yes;
}

}  // namespace

MemoryPool::MemoryPool(bool of_graph)
    : blocks({.name = "the GPU",
              .allocate = device_allocate,
              .free = device_free,
              .poisoned = HELDER_CUDA_SIMT != 0 && !of_graph}) {}

std::shared_ptr<MemoryPool> MemoryPools::current() {
  if (capture_pool != nullptr) {
    return capture_pool;
  }
  std::shared_ptr<MemoryPool>& pool = of_streams_[stream_now()];
  if (pool == nullptr) {
    pool = std::make_shared<MemoryPool>(/*of_graph=*/false);
  }
  return pool;
}

// Freed blocks whose other users are done can be handed out again.
void MemoryPools::take_back(MemoryPool& pool) {
  if (pool.waiting_.empty() || cuda::is_capturing()) {
    return;
  }
  std::erase_if(pool.waiting_, [&](const MemoryPool::Waiting& waiting) {
    if (!std::all_of(waiting.events.begin(), waiting.events.end(), has_happened)) {
      return false;
    }
    std::for_each(waiting.events.begin(), waiting.events.end(), cudaEventDestroy);
    pool.blocks.free(waiting.block, waiting.bytes);
    return true;
  });
}

void* MemoryPools::allocate(size_t bytes) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<MemoryPool> pool = current();
  take_back(*pool);
  void* block = nullptr;
  try {
    block = pool->blocks.allocate(bytes);
  } catch (const Error&) {  // perhaps another stream's pool has what is missing
    if (cuda::is_capturing()) {
      throw;
    }
    for (const auto& [stream, other] : of_streams_) {
      other->blocks.release_cached();
    }
    block = pool->blocks.allocate(bytes);
  }
  owners_[block] = pool;
  return block;
}

void MemoryPools::free(void* block, size_t bytes) noexcept {
  const std::lock_guard lock(mutex_);
  const auto owner = owners_.find(block);
  const std::shared_ptr<MemoryPool> pool = std::move(owner->second);
  owners_.erase(owner);
  const auto users = other_users_.find(block);
  if (users == other_users_.end()) {
    pool->blocks.free(block, bytes);
    return;
  }
  MemoryPool::Waiting waiting = {block, bytes, {}};
  for (const cudaStream_t stream : users->second) {
    cudaEvent_t event = nullptr;
    cudaEventCreateWithFlags(&event, cudaEventDisableTiming);
    cudaEventRecord(event, stream);
    waiting.events.push_back(event);
  }
  other_users_.erase(users);
  pool->waiting_.push_back(std::move(waiting));
}

void MemoryPools::note_use(void* block, cudaStream_t stream) {
  const std::lock_guard lock(mutex_);
  const auto owner = owners_.find(block);
  check(owner != owners_.end(), "record_stream: the tensor's memory is not the allocator's");
  const auto own = of_streams_.find(stream);
  if (own != of_streams_.end() && own->second == owner->second) {
    return;  // the stream that made it
  }
  std::vector<cudaStream_t>& users = other_users_[block];
  if (std::find(users.begin(), users.end(), stream) == users.end()) {
    users.push_back(stream);
  }
}

MemoryStats MemoryPools::stats() {
  const std::lock_guard lock(mutex_);
  MemoryStats sum;
  const auto add = [&sum](MemoryPool& pool) {
    const MemoryStats s = pool.blocks.stats();
    sum.bytes_in_use += s.bytes_in_use;
    sum.peak_bytes_in_use += s.peak_bytes_in_use;
    sum.bytes_cached += s.bytes_cached;
    sum.system_allocations += s.system_allocations;
    sum.cache_hits += s.cache_hits;
  };
  for (const auto& [stream, pool] : of_streams_) {
    add(*pool);
  }
  for (const auto& graph : of_graphs_) {
    if (const auto pool = graph.lock()) {
      add(*pool);
    }
  }
  return sum;
}

void MemoryPools::reset_peak() {
  const std::lock_guard lock(mutex_);
  for (const auto& [stream, pool] : of_streams_) {
    pool->blocks.reset_peak();
  }
  for (const auto& graph : of_graphs_) {
    if (const auto pool = graph.lock()) {
      pool->blocks.reset_peak();
    }
  }
}

void MemoryPools::release_cached() {
  const std::lock_guard lock(mutex_);
  for (const auto& [stream, pool] : of_streams_) {
    take_back(*pool);
    pool->blocks.release_cached();
  }
}

std::shared_ptr<MemoryPool> MemoryPools::new_pool() {
  const std::lock_guard lock(mutex_);
  std::erase_if(of_graphs_, [](const auto& graph) { return graph.expired(); });
  auto pool = std::make_shared<MemoryPool>(/*of_graph=*/true);
  of_graphs_.push_back(pool);
  return pool;
}

std::shared_ptr<MemoryPool> MemoryPools::use_for_capture(std::shared_ptr<MemoryPool> pool) {
  return std::exchange(capture_pool, std::move(pool));
}

MemoryPools& memory_pools() {
  static auto* instance = new MemoryPools();
  return *instance;
}

}  // namespace helder::kernels

#endif
