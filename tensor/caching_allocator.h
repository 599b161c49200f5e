#pragma once

#include <array>
#include <atomic>
#include <limits>
#include <vector>

#include "tensor/allocator.h"

namespace helder {

/// Where a caching allocator gets its blocks from.
struct MemorySource {
  const char* name;                 ///< for its error: "the system"
  void* (*allocate)(size_t bytes);  ///< null when there is nothing left
  void (*free)(void* block);
  bool poisoned;  ///< whether AddressSanitizer may be told which bytes are free: it is this process's memory
};

/// Blocks by size class, handed out again when they were freed. One for each device.
class CachingAllocator {
 public:
  explicit CachingAllocator(const MemorySource& source) : source_(source) {}

  void* allocate(size_t bytes);
  void free(void* block, size_t bytes) noexcept;
  MemoryStats stats();
  void reset_peak();
  void release_cached();

 private:
  // A lock that is held for some nanoseconds, twice for every tensor: taking and releasing it is a third of
  // the work of a mutex.
  class ShortLock {
   public:
    void lock();
    void unlock() { taken_.store(false, std::memory_order_release); }

   private:
    std::atomic<bool> taken_ = false;
  };

  // Size classes in their order: 64, 128, ... 1024, then four to each power of two.
  static constexpr size_t kSmallClasses = 16;
  static constexpr size_t kClasses = kSmallClasses + 4 * (std::numeric_limits<size_t>::digits - 10);
  static size_t class_of(size_t size);

  void poison(void* block, size_t bytes) const;
  void unpoison(void* block, size_t bytes) const;
  void release_all();

  struct Blocks {
    size_t size = 0;
    std::vector<void*> free;
  };
  MemorySource source_;
  ShortLock lock_;
  std::array<Blocks, kClasses> classes_;
  MemoryStats stats_;
};

}  // namespace helder
