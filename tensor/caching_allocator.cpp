#include "tensor/caching_allocator.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <thread>

#include "tensor/error.h"

// Under AddressSanitizer a cached block is poisoned, so that using a freed tensor is reported although its
// memory never went back to the system.
#if defined(__SANITIZE_ADDRESS__)
#define HELDER_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HELDER_ADDRESS_SANITIZER 1
#endif
#endif
#if defined(HELDER_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#endif

namespace helder {
namespace {
constexpr size_t kLine = 64;
}

void CachingAllocator::ShortLock::lock() {
  while (taken_.exchange(true, std::memory_order_acquire)) {
    std::this_thread::yield();
  }
}

void CachingAllocator::poison([[maybe_unused]] void* block, [[maybe_unused]] size_t bytes) const {
#if defined(HELDER_ADDRESS_SANITIZER)
  if (source_.poisoned) {
    ASAN_POISON_MEMORY_REGION(block, bytes);
  }
#endif
}

void CachingAllocator::unpoison([[maybe_unused]] void* block, [[maybe_unused]] size_t bytes) const {
#if defined(HELDER_ADDRESS_SANITIZER)
  if (source_.poisoned) {
    ASAN_UNPOISON_MEMORY_REGION(block, bytes);
  }
#endif
}

size_t CachingAllocator::class_of(size_t size) {
  if (size <= 1024) {
    return size / kLine - 1;
  }
  const size_t below = std::bit_floor(size - 1);  // below < size <= 2 below
  return kSmallClasses + 4 * static_cast<size_t>(std::countr_zero(below) - 10) +
         (size - below) / (below / 4) - 1;
}

size_t allocation_size(size_t bytes) {
  if (bytes <= 1024) {
    return std::max(kLine, (bytes + kLine - 1) / kLine * kLine);
  }
  check(bytes <= std::numeric_limits<size_t>::max() / 4, "allocator: {} bytes cannot be addressed", bytes);
  const size_t step = std::bit_floor(bytes - 1) / 4;
  return (bytes + step - 1) / step * step;
}

void* CachingAllocator::allocate(size_t bytes) {
  const size_t size = allocation_size(bytes);
  const std::lock_guard guard(lock_);
  void* block = nullptr;
  auto& cached = classes_[class_of(size)].free;
  if (!cached.empty()) {
    block = cached.back();
    cached.pop_back();
    unpoison(block, size);
    stats_.bytes_cached -= size;
    ++stats_.cache_hits;
  } else {
    block = source_.allocate(size);
    if (!block) {
      release_all();
      block = source_.allocate(size);
    }
    check(block != nullptr, "allocator: {} has no {} bytes left ({} in use by tensors)", source_.name, size,
          stats_.bytes_in_use);
    ++stats_.system_allocations;
  }
  stats_.bytes_in_use += size;
  stats_.peak_bytes_in_use = std::max(stats_.peak_bytes_in_use, stats_.bytes_in_use);
  poison(static_cast<std::byte*>(block) + bytes, size - bytes);
  return block;
}

void CachingAllocator::free(void* block, size_t bytes) noexcept {
  const size_t size = allocation_size(bytes);
  const std::lock_guard guard(lock_);
  poison(block, size);
  Blocks& blocks = classes_[class_of(size)];
  blocks.size = size;
  blocks.free.push_back(block);
  stats_.bytes_cached += size;
  stats_.bytes_in_use -= size;
}

MemoryStats CachingAllocator::stats() {
  const std::lock_guard guard(lock_);
  return stats_;
}

void CachingAllocator::reset_peak() {
  const std::lock_guard guard(lock_);
  stats_.peak_bytes_in_use = stats_.bytes_in_use;
}

void CachingAllocator::release_cached() {
  const std::lock_guard guard(lock_);
  release_all();
}

void CachingAllocator::release_all() {
  for (auto& [size, blocks] : classes_) {
    for (void* block : blocks) {
      unpoison(block, size);
      source_.free(block);
    }
    blocks.clear();
  }
  stats_.bytes_cached = 0;
}

}  // namespace helder
