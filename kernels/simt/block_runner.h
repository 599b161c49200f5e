#pragma once

#include <fmt/core.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "kernels/simt/engine.h"
#include "kernels/simt/fiber.h"
#include "kernels/simt/race_map.h"

/// How the threads of a block take turns. Only the .cpp files of kernels/simt include this.
namespace helder::simt {

inline constexpr int kMaxThreads = 1024;
inline constexpr int kWarp = 32;
inline constexpr int kMaxWarps = kMaxThreads / kWarp;
inline constexpr size_t kMaxSlots = 256;  // declarations of shared memory
inline constexpr size_t kStaticSharedBytes = 48 << 10;
inline constexpr size_t kSharedBytes = 99 << 10;

struct SharedSlot {
  Site where;
  size_t bytes;
  size_t offset;
  int creator;  // the thread that came first
  bool live;    // it has not left the declaration's scope
};

/// A set of positions in the order of the threads.
class Positions {
 public:
  void clear() { words_.fill(0); }
  void insert(int i) { words_[i / 64] |= uint64_t(1) << (i % 64); }
  void erase(int i) { words_[i / 64] &= ~(uint64_t(1) << (i % 64)); }

  /// The first at or after `i`, or, if there is none, the first of all; -1 if it is empty.
  int next(int i) const {
    const int word = i / 64;
    if (word < kWords) {
      if (const uint64_t rest = words_[word] >> (i % 64)) {
        return i + std::countr_zero(rest);
      }
    }
    for (int step = 1; step <= kWords; ++step) {
      const int w = (word + step) % kWords;
      if (words_[w]) {
        return w * 64 + std::countr_zero(words_[w]);
      }
    }
    return -1;
  }

 private:
  static constexpr int kWords = kMaxThreads / 64;
  std::array<uint64_t, kWords> words_ = {};
};

enum class State : uint8_t { Unstarted, Running, AtBarrier, AtCollective, Done };

struct Thread {
  uint3 index;
  State state = State::Unstarted;
  int position = 0;        // in the order
  Fiber* fiber = nullptr;  // while it waits
  // What it waits at.
  const char* name = "";
  Site where;
  void* operand = nullptr;
};

/// Lanes that wait for each other.
struct Meeting {
  unsigned mask;
  unsigned arrived;
  const char* name;
  Site where;
};

/// Lanes whose masks are disjoint may be at different collectives of one warp.
struct Warp {
  unsigned done = 0;  // lanes that have left the kernel
  int count = 0;
  std::array<Meeting, kWarp> meetings;
};

std::string text(const Site& where);  // "file.cu:12"
std::string text(const uint3& v);     // "(1,2,3)"

/// What runs blocks on one thread of the system, one after the other.
class BlockRunner {
 public:
  void start_grid(const Grid& grid, void (*body)(const void*), const void* arguments);
  void run_block(uint3 index);  // throws the block's Error

  int block_barrier(const char* name, Vote vote, int predicate, Site where);
  void warp_collective(unsigned mask, const char* name, void* operand,
                       void (*complete)(void* const*, unsigned), Site where);
  SharedSlot* enter_shared(size_t bytes, size_t alignment, Site where);
  void leave_shared(SharedSlot* slot) {
    if (slot->creator == current_) {
      slot->live = false;
    }
  }
  bool tracks() const { return settings_.races; }
  void track(const void* at, bool write, Site where);
  void* shared(size_t offset) { return shared_.get() + offset; }
  size_t dynamic_bytes() const { return grid_.shared_bytes; }
  int current() const { return current_; }
  bool running() const { return current_ >= 0; }
  std::string describe(int thread) const {
    return fmt::format("kernel {}, block {}, thread {}", grid_.kernel, text(blockIdx),
                       text(threads_[thread].index));
  }

 private:
  static void fiber_main(void* engine) { static_cast<BlockRunner*>(engine)->work(); }
  void work();
  void run_thread(int thread);
  void finished(int thread);
  void suspend();
  Fiber* next();
  void enter(Fiber* fiber);
  void set_current(int thread) {
    current_ = thread;
    threadIdx = threads_[thread].index;
  }
  void release(Thread& thread) {
    thread.state = State::Running;
    ready_.insert(thread.position);
  }
  void order_threads(uint64_t block);
  [[noreturn]] void stuck();
  std::string waits(int thread) const {
    return fmt::format("thread {} waits in {} ({})", text(threads_[thread].index), threads_[thread].name,
                       text(threads_[thread].where));
  }

  // Of the grid.
  Grid grid_;
  void (*body_)(const void*) = nullptr;
  const void* arguments_ = nullptr;
  int count_ = 0;  // threads of a block
  Settings settings_;
  LaneOrder ordered_ = LaneOrder::Forward;
  dim3 ordered_for_ = {0, 0, 0};

  // Of the block.
  std::vector<Thread> threads_ = std::vector<Thread>(kMaxThreads);
  std::vector<int> order_ = std::vector<int>(kMaxThreads);  // threads by position
  Positions ready_;                                         // released, and not running yet
  int unstarted_ = 0;                                       // the first position that nobody began
  int done_ = 0;
  int current_ = -1;
  std::exception_ptr error_;
  int first_done_ = -1;

  int arrived_ = 0;  // at the barrier
  int first_arrived_ = -1;
  Vote vote_ = Vote::None;
  int and_ = 1, or_ = 0, votes_ = 0;
  int result_ = 0;
  std::array<Warp, kMaxWarps> warps_;

  std::vector<SharedSlot> slots_;  // does not grow: pointers to them are held
  size_t shared_used_ = 0;
  std::unique_ptr<unsigned char, decltype(&std::free)> shared_ = {
      static_cast<unsigned char*>(std::aligned_alloc(128, (kSharedBytes + 127) / 128 * 128)), &std::free};

  std::unique_ptr<RaceMap> races_;
  uint32_t epoch_ = 0;                                // barriers since the block began
  std::array<uint32_t, kMaxWarps> warp_epochs_ = {};  // __syncwarp()s

  Caller caller_;
  Fiber* running_ = nullptr;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_;
};

/// That of the calling thread of the system.
BlockRunner& block_runner();

}  // namespace helder::simt
