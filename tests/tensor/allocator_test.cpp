#include "tensor/allocator.h"

#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "tensor/factories.h"
#include "tests/catch.h"

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

using namespace helder;

namespace {

bool aligned(const void* block, uintptr_t to) { return reinterpret_cast<uintptr_t>(block) % to == 0; }

}  // namespace

TEST_CASE("requests are rounded up to size classes") {
  CHECK(allocation_size(0) == 64);
  CHECK(allocation_size(1) == 64);
  CHECK(allocation_size(64) == 64);
  CHECK(allocation_size(65) == 128);
  CHECK(allocation_size(1024) == 1024);
  CHECK(allocation_size(1025) == 1280);
  CHECK(allocation_size(1281) == 1536);
  CHECK(allocation_size(1793) == 2048);
  CHECK(allocation_size(2048) == 2048);
  CHECK(allocation_size(2049) == 2560);
  CHECK(allocation_size(size_t{3} << 30) == size_t{3} << 30);
}

TEST_CASE("size classes hold what is asked, waste at most a quarter, and rise") {
  size_t last = 0;
  for (size_t bytes = 1; bytes < 200000; bytes += 1 + bytes / 50) {
    const size_t size = allocation_size(bytes);
    REQUIRE(size >= bytes);
    REQUIRE(size >= last);
    REQUIRE(size % 64 == 0);
    REQUIRE(allocation_size(size) == size);
    REQUIRE((size == 64 || bytes < 256 || size - bytes <= bytes / 4));
    last = size;
  }
}

TEST_CASE("blocks are aligned and all of their bytes can be used") {
  for (const size_t bytes :
       {size_t{0}, size_t{1}, size_t{100}, size_t{5000}, size_t{1} << 20, size_t{5} << 20}) {
    void* block = allocate_bytes(bytes);
    CHECK(aligned(block, 64));
    CHECK((bytes < size_t{4} << 20 || aligned(block, size_t{2} << 20)));
    std::memset(block, 0x5a, bytes);
    free_bytes(block, bytes);
  }
}

TEST_CASE("a freed block serves the next request of its class") {
  release_cached_memory();
  const MemoryStats start = memory_stats();
  void* first = allocate_bytes(5000);
  free_bytes(first, 5000);
  const MemoryStats freed = memory_stats();
  CHECK(freed.system_allocations == start.system_allocations + 1);
  CHECK(freed.cache_hits == start.cache_hits);
  CHECK(freed.bytes_in_use == start.bytes_in_use);
  CHECK(freed.bytes_cached == 5120);

  void* second = allocate_bytes(5100);  // the same class
  CHECK(second == first);
  void* third = allocate_bytes(5000);  // nothing is left of it
  CHECK(third != second);
  void* other = allocate_bytes(7000);  // another class
  const MemoryStats used = memory_stats();
  CHECK(used.cache_hits == start.cache_hits + 1);
  CHECK(used.system_allocations == start.system_allocations + 3);
  CHECK(used.bytes_in_use == start.bytes_in_use + 5120 + 5120 + 7168);
  CHECK(used.bytes_cached == 0);
  free_bytes(second, 5100);
  free_bytes(third, 5000);
  free_bytes(other, 7000);
  CHECK(memory_stats().bytes_in_use == start.bytes_in_use);
}

TEST_CASE("the peak is the most that was in use") {
  reset_peak_memory();
  const size_t start = memory_stats().bytes_in_use;
  CHECK(memory_stats().peak_bytes_in_use == start);
  {
    const Tensor a = empty({1024});  // 4096 bytes
    { const Tensor b = empty({2048}); }
    const Tensor c = empty({1024});
    CHECK(memory_stats().bytes_in_use == start + 8192);
    CHECK(memory_stats().peak_bytes_in_use == start + 12288);
  }
  CHECK(memory_stats().bytes_in_use == start);
  CHECK(memory_stats().peak_bytes_in_use == start + 12288);
  reset_peak_memory();
  CHECK(memory_stats().peak_bytes_in_use == start);
}

TEST_CASE("cached memory goes back to the system") {
  { const Tensor x = empty({100000}); }
  CHECK(memory_stats().bytes_cached >= 400000);
  release_cached_memory();
  CHECK(memory_stats().bytes_cached == 0);
  const uint64_t before = memory_stats().system_allocations;
  const Tensor x = empty({100000});
  CHECK(memory_stats().system_allocations == before + 1);
}

TEST_CASE("repeating the same shapes asks the system for nothing") {
  const auto step = [] {
    const Tensor a = ones({64, 100});
    const Tensor b = ones({64, 10}, DType::Float64);
    const Tensor c = ones({100, 10});
  };
  step();
  const MemoryStats before = memory_stats();
  for (int i = 0; i < 10; ++i) {
    step();
  }
  const MemoryStats after = memory_stats();
  CHECK(after.system_allocations == before.system_allocations);
  CHECK(after.cache_hits == before.cache_hits + 30);
  CHECK(after.bytes_in_use == before.bytes_in_use);
}

TEST_CASE("views share a storage, which lives as long as the last of them") {
  const size_t start = memory_stats().bytes_in_use;
  Tensor x = empty({1024});
  Tensor y = x;
  x = Tensor();
  CHECK(memory_stats().bytes_in_use == start + 4096);
  y = Tensor();
  CHECK(memory_stats().bytes_in_use == start);
}

TEST_CASE("threads allocate side by side") {
  const MemoryStats before = memory_stats();
  std::vector<std::thread> threads;
  std::array<bool, 4> kept{};
  for (size_t t = 0; t < kept.size(); ++t) {
    threads.emplace_back([t, &kept] {
      bool all = true;
      for (int i = 0; i < 500; ++i) {
        const size_t bytes = 100 * (1 + static_cast<size_t>(i) % 20);
        auto* block = static_cast<unsigned char*>(allocate_bytes(bytes));
        std::memset(block, static_cast<int>(t), bytes);
        all = all && block[0] == t && block[bytes - 1] == t;  // nobody else writes here
        free_bytes(block, bytes);
      }
      kept[t] = all;
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(kept == std::array<bool, 4>{true, true, true, true});
  const MemoryStats after = memory_stats();
  CHECK(after.bytes_in_use == before.bytes_in_use);
  CHECK(after.cache_hits + after.system_allocations == before.cache_hits + before.system_allocations + 2000);
}

TEST_CASE("more than can be addressed is refused") {
  constexpr size_t kMost = std::numeric_limits<size_t>::max();
  CHECK_THROWS_WITH(allocate_bytes(kMost), "allocator: 18446744073709551615 bytes cannot be addressed");
}

#if defined(HELDER_ADDRESS_SANITIZER)

TEST_CASE("AddressSanitizer sees the end of a tensor and the end of its life") {
  auto* block = static_cast<std::byte*>(allocate_bytes(100));
  CHECK_FALSE(__asan_address_is_poisoned(block));
  CHECK_FALSE(__asan_address_is_poisoned(block + 99));
  CHECK(__asan_address_is_poisoned(block + 100));
  CHECK(__asan_address_is_poisoned(block + 127));
  free_bytes(block, 100);
  CHECK(__asan_address_is_poisoned(block));
  void* again = allocate_bytes(128);
  CHECK(again == block);
  CHECK_FALSE(__asan_address_is_poisoned(block + 127));
  free_bytes(again, 128);
}

#else

TEST_CASE("an allocation that the system refuses names its size, and gives the cached memory back") {
  { const Tensor x = empty({100000}); }
  const size_t in_use = memory_stats().bytes_in_use;
  CHECK_THROWS_WITH(allocate_bytes(size_t{1} << 60),
                    "allocator: the system has no 1152921504606846976 bytes left (" + std::to_string(in_use) +
                        " in use by tensors)");
  CHECK(memory_stats().bytes_in_use == in_use);
  CHECK(memory_stats().bytes_cached == 0);
}

#endif  // AddressSanitizer would end the program at such an allocation
