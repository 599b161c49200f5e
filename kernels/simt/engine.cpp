#include "kernels/simt/engine.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include "kernels/simt/block_runner.h"
#include "tensor/error.h"
#include "tensor/parallel.h"

constinit thread_local uint3 threadIdx = {0, 0, 0};
constinit thread_local uint3 blockIdx = {0, 0, 0};
constinit thread_local dim3 blockDim = {1, 1, 1};
constinit thread_local dim3 gridDim = {1, 1, 1};

namespace helder::simt {

namespace {

Settings settings_from_environment() {
  Settings settings;
  if (const char* order = std::getenv("HELDER_SIMT_ORDER")) {
    const std::string_view name = order;
    check(name == "forward" || name == "reversed" || name == "shuffled",
          "HELDER_SIMT_ORDER is '{}', but has to be forward, reversed or shuffled", name);
    settings.order = name == "reversed"   ? LaneOrder::Reversed
                     : name == "shuffled" ? LaneOrder::Shuffled
                                          : LaneOrder::Forward;
  }
  if (const char* seed = std::getenv("HELDER_SIMT_SEED")) {
    settings.seed = std::strtoull(seed, nullptr, 10);
  }
  if (const char* races = std::getenv("HELDER_SIMT_RACES")) {
    settings.races = std::string_view(races) == "1";
  }
  return settings;
}

Settings& current_settings() {
  static Settings settings = settings_from_environment();
  return settings;
}

}  // namespace

Settings settings() { return current_settings(); }
void set_settings(const Settings& settings) { current_settings() = settings; }

void run(const Grid& grid, void (*thread)(const void* arguments), const void* arguments) {
  const dim3 g = grid.grid;
  const uint64_t blocks = uint64_t(g.x) * g.y * g.z;
  check(!block_runner().running(), "kernel {} is launched from within a kernel", grid.kernel);
  check(grid.shared_bytes <= kSharedBytes,
        "kernel {} is launched with {} bytes of dynamic shared memory, more than the {} of a block",
        grid.kernel, grid.shared_bytes, kSharedBytes);

  // Blocks are taken in order. When one fails, none behind it begins, and all before it end: the error is the
  // same for any number of threads.
  std::atomic<uint64_t> taken = 0;
  std::atomic<uint64_t> failed = blocks;
  std::exception_ptr error;
  std::mutex mutex;
  const int workers = static_cast<int>(std::min<uint64_t>(static_cast<uint64_t>(num_threads()), blocks));
  const uint64_t take = std::max<uint64_t>(1, blocks / (static_cast<uint64_t>(workers) * 16));
  parallel_for(workers, 1, [&](int64_t, int64_t) {
    BlockRunner& runner = block_runner();
    runner.start_grid(grid, thread, arguments);
    for (uint64_t begin; (begin = taken.fetch_add(take)) < blocks;) {
      for (uint64_t block = begin; block < std::min(begin + take, blocks) && block < failed; ++block) {
        try {
          runner.run_block({static_cast<unsigned>(block % g.x), static_cast<unsigned>(block / g.x % g.y),
                            static_cast<unsigned>(block / g.x / g.y)});
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (block < failed) {
            failed = block;
            error = std::current_exception();
          }
        }
      }
    }
  });
  if (error) {
    std::rethrow_exception(error);
  }
}

std::string describe_thread() { return block_runner().describe(block_runner().current()); }

void fail_here(Site where, const std::string& message) {
  throw Error(fmt::format("{}, {}: {}", describe_thread(), text(where), message));
}

}  // namespace helder::simt
