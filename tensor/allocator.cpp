#include "tensor/allocator.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#include "tensor/error.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

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
constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kHugeBlock = size_t{4} << 20;

void poison([[maybe_unused]] void* block, [[maybe_unused]] size_t bytes) {
#if defined(HELDER_ADDRESS_SANITIZER)
  ASAN_POISON_MEMORY_REGION(block, bytes);
#endif
}

void unpoison([[maybe_unused]] void* block, [[maybe_unused]] size_t bytes) {
#if defined(HELDER_ADDRESS_SANITIZER)
  ASAN_UNPOISON_MEMORY_REGION(block, bytes);
#endif
}

void* system_allocate(size_t bytes) {
  const bool huge = bytes >= kHugeBlock;
  const size_t alignment = huge ? kHugePage : kLine;
  void* block = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
#if defined(__linux__)
  if (huge && block) {
    madvise(block, bytes, MADV_HUGEPAGE);
  }
#endif
  return block;
}

// A lock that is held for some nanoseconds, twice for every tensor: taking and releasing it is a third of the
// work of a mutex.
class ShortLock {
 public:
  void lock() {
    while (taken_.exchange(true, std::memory_order_acquire)) {
      std::this_thread::yield();
    }
  }
  void unlock() { taken_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> taken_ = false;
};

// Size classes in their order: 64, 128, ... 1024, then four to each power of two.
constexpr size_t kSmallClasses = 16;
constexpr size_t kClasses = kSmallClasses + 4 * (std::numeric_limits<size_t>::digits - 10);

size_t class_of(size_t size) {
  if (size <= 1024) {
    return size / kLine - 1;
  }
  const size_t below = std::bit_floor(size - 1);  // below < size <= 2 below
  return kSmallClasses + 4 * static_cast<size_t>(std::countr_zero(below) - 10) +
         (size - below) / (below / 4) - 1;
}

struct CachingAllocator {
  ShortLock lock;
  struct Blocks {
    size_t size = 0;
    std::vector<void*> free;
  };
  std::array<Blocks, kClasses> classes;
  MemoryStats stats;

  void release_cached() {
    for (auto& [size, blocks] : classes) {
      for (void* block : blocks) {
        unpoison(block, size);
        std::free(block);
      }
      blocks.clear();
    }
    stats.bytes_cached = 0;
  }
};

// Never destroyed: static tensors may outlive any other static object.
CachingAllocator& allocator() {
  static auto* instance = new CachingAllocator;
  return *instance;
}

}  // namespace

size_t allocation_size(size_t bytes) {
  if (bytes <= 1024) {
    return std::max(kLine, (bytes + kLine - 1) / kLine * kLine);
  }
  check(bytes <= std::numeric_limits<size_t>::max() / 4, "allocator: {} bytes cannot be addressed", bytes);
  const size_t step = std::bit_floor(bytes - 1) / 4;
  return (bytes + step - 1) / step * step;
}

void* allocate_bytes(size_t bytes) {
  const size_t size = allocation_size(bytes);
  CachingAllocator& a = allocator();
  const std::lock_guard guard(a.lock);
  void* block = nullptr;
  auto& cached = a.classes[class_of(size)].free;
  if (!cached.empty()) {
    block = cached.back();
    cached.pop_back();
    unpoison(block, size);
    a.stats.bytes_cached -= size;
    ++a.stats.cache_hits;
  } else {
    block = system_allocate(size);
    if (!block) {
      a.release_cached();
      block = system_allocate(size);
    }
    check(block != nullptr, "allocator: the system has no {} bytes left ({} in use by tensors)", size,
          a.stats.bytes_in_use);
    ++a.stats.system_allocations;
  }
  a.stats.bytes_in_use += size;
  a.stats.peak_bytes_in_use = std::max(a.stats.peak_bytes_in_use, a.stats.bytes_in_use);
  poison(static_cast<std::byte*>(block) + bytes, size - bytes);
  return block;
}

void free_bytes(void* block, size_t bytes) noexcept {
  const size_t size = allocation_size(bytes);
  CachingAllocator& a = allocator();
  const std::lock_guard guard(a.lock);
  poison(block, size);
  CachingAllocator::Blocks& blocks = a.classes[class_of(size)];
  blocks.size = size;
  blocks.free.push_back(block);
  a.stats.bytes_cached += size;
  a.stats.bytes_in_use -= size;
}

MemoryStats memory_stats() {
  CachingAllocator& a = allocator();
  const std::lock_guard guard(a.lock);
  return a.stats;
}

void reset_peak_memory() {
  CachingAllocator& a = allocator();
  const std::lock_guard guard(a.lock);
  a.stats.peak_bytes_in_use = a.stats.bytes_in_use;
}

void release_cached_memory() {
  CachingAllocator& a = allocator();
  const std::lock_guard guard(a.lock);
  a.release_cached();
}

}  // namespace helder
