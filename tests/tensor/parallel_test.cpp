#include "tensor/parallel.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "tests/catch.h"
#include "tests/thread_count.h"

using namespace helder;

namespace {

using Chunks = std::vector<std::pair<int64_t, int64_t>>;

// The chunks that parallel_for hands out, sorted, since threads take them in any order.
Chunks chunks_of(int64_t n, int64_t grain) {
  std::mutex mutex;
  Chunks chunks;
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    const std::lock_guard lock(mutex);
    chunks.emplace_back(begin, end);
  });
  std::sort(chunks.begin(), chunks.end());
  return chunks;
}

}  // namespace

TEST_CASE("parallel_for cuts the range into chunks of the grain") {
  CHECK(chunks_of(10, 4) == Chunks{{0, 4}, {4, 8}, {8, 10}});
  CHECK(chunks_of(8, 4) == Chunks{{0, 4}, {4, 8}});
  CHECK(chunks_of(3, 4) == Chunks{{0, 3}});
  CHECK(chunks_of(1, 1) == Chunks{{0, 1}});
  CHECK(chunks_of(0, 4).empty());
}

TEST_CASE("the chunks do not depend on the number of threads") {
  const ThreadCount one(1);
  const Chunks expected = chunks_of(1000, 7);
  CHECK(expected.size() == 143);
  for (int threads : {2, 3, 5, 16}) {
    const ThreadCount count(threads);
    CHECK(chunks_of(1000, 7) == expected);
  }
}

TEST_CASE("every index is visited once") {
  const ThreadCount count(4);
  std::vector<std::atomic<int>> visits(100000);
  parallel_for(100000, 333, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      ++visits[static_cast<size_t>(i)];
    }
  });
  CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n == 1; }));
}

TEST_CASE("a loop within a parallel loop runs whole, on its thread") {
  const ThreadCount count(4);
  std::atomic<int64_t> sum = 0;
  parallel_for(8, 1, [&](int64_t outer, int64_t) {
    int64_t own = 0;  // no other thread adds to it
    parallel_for(100, 10, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        own += i * (outer + 1);
      }
    });
    sum += own;
  });
  CHECK(sum == 4950 * 36);
}

TEST_CASE("the number of threads is at least 1") {
  const int before = num_threads();
  CHECK(before >= 1);
  CHECK_THROWS_WITH(set_num_threads(0), "threads: expected at least 1, got 0");
  CHECK_THROWS_WITH(set_num_threads(-2), "threads: expected at least 1, got -2");
  CHECK(num_threads() == before);
#if defined(_OPENMP)
  const ThreadCount count(3);
  CHECK(num_threads() == 3);
#endif
}
