#include "tensor/allocator.h"

#include <cstdlib>

#include "tensor/caching_allocator.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace helder {
namespace {

constexpr size_t kLine = 64;
constexpr size_t kHugePage = size_t{2} << 20;
constexpr size_t kHugeBlock = size_t{4} << 20;

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

// Never destroyed: static tensors may outlive any other static object.
CachingAllocator& allocator() {
  static auto* instance = new CachingAllocator(
      {.name = "the system", .allocate = system_allocate, .free = std::free, .poisoned = true});
  return *instance;
}

}  // namespace

void* allocate_bytes(size_t bytes) { return allocator().allocate(bytes); }
void free_bytes(void* block, size_t bytes) noexcept { allocator().free(block, bytes); }
MemoryStats memory_stats() { return allocator().stats(); }
void reset_peak_memory() { allocator().reset_peak(); }
void release_cached_memory() { allocator().release_cached(); }

}  // namespace helder
