#include "kernels/simt/engine.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <random>
#include <string_view>
#include <vector>

#include "kernels/simt/fiber.h"
#include "tensor/error.h"
#include "tensor/parallel.h"

constinit thread_local uint3 threadIdx = {0, 0, 0};
constinit thread_local uint3 blockIdx = {0, 0, 0};
constinit thread_local dim3 blockDim = {1, 1, 1};
constinit thread_local dim3 gridDim = {1, 1, 1};

namespace helder::simt {

struct SharedSlot {
  Site where;
  size_t bytes;
  size_t offset;
  int creator;  // the thread that came first
  bool live;    // it has not left the declaration's scope
};

namespace {

constexpr int kMaxThreads = 1024;
constexpr int kWarp = 32;
constexpr int kMaxWarps = kMaxThreads / kWarp;
constexpr size_t kStaticSharedBytes = 48 << 10;
constexpr size_t kSharedBytes = 99 << 10;

// A set of positions in the order of the threads.
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
  unsigned mask = 0;
  void* operand = nullptr;
};

std::string text(const Site& where) {
  std::string_view file = where.file;
  file.remove_prefix(file.find_last_of('/') + 1);
  return fmt::format("{}:{}", file, where.line);
}
std::string text(const uint3& v) { return fmt::format("({},{},{})", v.x, v.y, v.z); }

// The machine that runs blocks on one thread of the system, one after the other.
class Engine {
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
  void* shared(size_t offset) { return shared_.get() + offset; }
  size_t dynamic_bytes() const { return grid_.shared_bytes; }
  int current() const { return current_; }
  bool running() const { return current_ >= 0; }
  std::string describe(int thread) const {
    return fmt::format("kernel {}, block {}, thread {}", grid_.kernel, text(blockIdx),
                       text(threads_[thread].index));
  }

 private:
  static void fiber_main(void* engine) { static_cast<Engine*>(engine)->work(); }
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
  std::array<unsigned, kMaxWarps> waiting_ = {};  // lanes in a collective

  std::vector<SharedSlot> slots_;
  size_t shared_used_ = 0;
  std::unique_ptr<unsigned char, decltype(&std::free)> shared_ = {
      static_cast<unsigned char*>(std::aligned_alloc(128, (kSharedBytes + 127) / 128 * 128)), &std::free};

  Caller caller_;
  Fiber* running_ = nullptr;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_;
};

Engine& engine() {
  static thread_local Engine engine;
  return engine;
}

void Engine::start_grid(const Grid& grid, void (*body)(const void*), const void* arguments) {
  grid_ = grid;
  body_ = body;
  arguments_ = arguments;
  settings_ = simt::settings();
  count_ = static_cast<int>(grid.block.x * grid.block.y * grid.block.z);
  blockDim = grid.block;
  gridDim = grid.grid;
  const dim3 b = grid.block;
  if (b.x != ordered_for_.x || b.y != ordered_for_.y || b.z != ordered_for_.z ||
      settings_.order != ordered_) {
    for (int i = 0; i < count_; ++i) {
      const unsigned t = static_cast<unsigned>(i);
      threads_[i].index = {t % b.x, t / b.x % b.y, t / b.x / b.y};
    }
    ordered_for_ = b;
    ordered_ = settings_.order;
    for (int i = 0; i < count_; ++i) {
      order_[i] = settings_.order == LaneOrder::Reversed ? count_ - 1 - i : i;
      threads_[order_[i]].position = i;
    }
  }
}

void Engine::order_threads(uint64_t block) {
  std::mt19937_64 random(settings_.seed + block);
  for (int i = 0; i < count_; ++i) {
    order_[i] = i;
  }
  for (int i = count_ - 1; i > 0; --i) {
    std::swap(order_[i], order_[random() % static_cast<uint64_t>(i + 1)]);
  }
  for (int i = 0; i < count_; ++i) {
    threads_[order_[i]].position = i;
  }
}

void Engine::run_block(uint3 index) {
  blockIdx = index;
  if (settings_.order == LaneOrder::Shuffled) {
    order_threads(index.x + uint64_t(gridDim.x) * (index.y + uint64_t(gridDim.y) * index.z));
  }
  for (int i = 0; i < count_; ++i) {
    threads_[i].state = State::Unstarted;
  }
  ready_.clear();
  waiting_.fill(0);
  unstarted_ = done_ = arrived_ = 0;
  first_done_ = -1;
  slots_.clear();
  shared_used_ = grid_.shared_bytes;
  std::memset(shared_.get(), 0xff, shared_used_);

  running_ = &caller_;
  enter(next());
  current_ = -1;
  if (error_) {
    for (const std::unique_ptr<Fiber>& fiber : fibers_) {
      fiber->restart();
    }
    idle_.clear();
    for (const std::unique_ptr<Fiber>& fiber : fibers_) {
      idle_.push_back(fiber.get());
    }
    std::rethrow_exception(std::exchange(error_, nullptr));
  }
}

// Goes on with another fiber; returns when this one has its turn again.
void Engine::enter(Fiber* fiber) {
  Fiber* self = running_;
  running_ = fiber;
  switch_fiber(*self, *fiber);
  running_ = self;
}

// Who has the next turn: a thread that was released, else one that has not begun, else, if all are done, the
// caller. Those that were released come first, so that a kernel that only its warps' collectives stop needs
// few fibers.
Fiber* Engine::next() {
  const int from = current_ < 0 ? 0 : threads_[current_].position + 1;
  if (const int position = ready_.next(from); position >= 0) {
    ready_.erase(position);
    return threads_[order_[position]].fiber;
  }
  if (unstarted_ < count_) {
    if (idle_.empty()) {
      fibers_.push_back(std::make_unique<Fiber>(static_cast<int>(fibers_.size()), &fiber_main, this));
      return fibers_.back().get();
    }
    Fiber* fiber = idle_.back();
    idle_.pop_back();
    return fiber;
  }
  if (done_ == count_) {
    return &caller_;
  }
  stuck();
}

// What a fiber does for ever: threads that nobody began, one after the other, without a switch in between;
// then others.
void Engine::work() {
  for (;;) {
    Fiber* other = &caller_;
    try {
      while (unstarted_ < count_ && ready_.next(0) < 0) {
        run_thread(order_[unstarted_++]);
      }
      idle_.push_back(running_);
      other = next();
    } catch (...) {
      error_ = std::current_exception();
      other = &caller_;
    }
    enter(other);
  }
}

void Engine::run_thread(int thread) {
  set_current(thread);
  threads_[thread].state = State::Running;
  body_(arguments_);
  finished(thread);
}

void Engine::finished(int thread) {
  threads_[thread].state = State::Done;
  if (done_++ == 0) {
    first_done_ = thread;
  }
  if (arrived_ > 0) {
    throw Error(fmt::format("{}: left the kernel, but {}: a barrier that not all threads of the block reach",
                            describe(thread), waits(first_arrived_)));
  }
  const int warp = thread / kWarp;
  if (unsigned waiting = waiting_[warp]) {
    for (; waiting != 0; waiting &= waiting - 1) {
      const int other = warp * kWarp + std::countr_zero(waiting);
      if (threads_[other].mask >> (thread % kWarp) & 1) {
        throw Error(fmt::format("{}: left the kernel, but {} for it (mask {:#010x})", describe(thread),
                                waits(other), threads_[other].mask));
      }
    }
  }
}

void Engine::suspend() {
  const int thread = current_;
  threads_[thread].fiber = running_;
  enter(next());
  set_current(thread);
}

void Engine::stuck() {
  std::string message = fmt::format("kernel {}, block {}: no thread can go on", grid_.kernel, text(blockIdx));
  const char* before = "";
  Site where;
  int listed = 0;
  for (int i = 0; i < count_ && listed < 4; ++i) {
    const Thread& t = threads_[i];
    if ((t.state == State::AtBarrier || t.state == State::AtCollective) &&
        !(t.name == before && t.where == where)) {
      message += (listed++ == 0 ? ": " : "; ") + waits(i);
      before = t.name;
      where = t.where;
    }
  }
  throw Error(message);
}

int Engine::block_barrier(const char* name, Vote vote, int predicate, Site where) {
  Thread& self = threads_[current_];
  self.name = name;
  self.where = where;
  if (done_ > 0) {
    throw Error(
        fmt::format("{}: waits in {} ({}), but thread {} has left the kernel: a barrier that not all threads "
                    "of the block reach",
                    describe(current_), name, text(where), text(threads_[first_done_].index)));
  }
  if (arrived_ == 0) {
    first_arrived_ = current_;
    vote_ = vote;
    and_ = 1;
    or_ = votes_ = 0;
  } else if (const Thread& first = threads_[first_arrived_]; first.where != where || vote_ != vote) {
    throw Error(fmt::format("{}: waits in {} ({}), but {}: a barrier that not all threads of the block reach",
                            describe(current_), name, text(where), waits(first_arrived_)));
  }
  and_ &= predicate != 0;
  or_ |= predicate != 0;
  votes_ += predicate != 0;
  if (++arrived_ < count_) {
    self.state = State::AtBarrier;
    suspend();
  } else {
    arrived_ = 0;
    result_ = vote_ == Vote::And ? and_ : vote_ == Vote::Or ? or_ : votes_;
    for (int i = 0; i < count_; ++i) {
      if (i != current_) {
        release(threads_[i]);
      }
    }
  }
  return result_;
}

void Engine::warp_collective(unsigned mask, const char* name, void* operand,
                             void (*complete)(void* const*, unsigned), Site where) {
  const int first = current_ / kWarp * kWarp;
  const unsigned lane = static_cast<unsigned>(current_ % kWarp);
  const unsigned lanes = count_ - first >= kWarp ? ~0u : (1u << (count_ - first)) - 1;
  unsigned& waiting = waiting_[current_ / kWarp];
  if ((mask >> lane & 1) == 0) {
    fail_here(where, fmt::format("{}: the mask {:#010x} has not the calling lane {}", name, mask, lane));
  }
  if (mask & ~lanes) {
    fail_here(where, fmt::format("{}: the mask {:#010x} has lanes that the warp has not: of {:#010x}", name,
                                 mask, lanes));
  }
  Thread& self = threads_[current_];
  self.name = name;
  self.where = where;
  self.mask = mask;
  self.operand = operand;
  for (unsigned others = mask & ~(1u << lane); others != 0; others &= others - 1) {
    const int other = first + std::countr_zero(others);
    const Thread& t = threads_[other];
    if (t.state == State::Done) {
      fail_here(where, fmt::format("{}: the mask {:#010x} has lane {}, which has left the kernel", name, mask,
                                   other - first));
    }
    if (t.state == State::AtCollective && (t.mask != mask || t.name != name || t.where != where)) {
      fail_here(where, fmt::format("{}: the mask {:#010x} has lane {}, but {} with mask {:#010x}", name, mask,
                                   other - first, waits(other), t.mask));
    }
  }
  waiting |= 1u << lane;
  if ((waiting & mask) != mask) {
    self.state = State::AtCollective;
    suspend();
    return;
  }
  void* operands[kWarp] = {};
  for (unsigned rest = mask; rest != 0; rest &= rest - 1) {
    const int other = std::countr_zero(rest);
    operands[other] = threads_[first + other].operand;
  }
  waiting &= ~mask;
  complete(operands, mask);
  for (unsigned rest = mask & ~(1u << lane); rest != 0; rest &= rest - 1) {
    release(threads_[first + std::countr_zero(rest)]);
  }
}

SharedSlot* Engine::enter_shared(size_t bytes, size_t alignment, Site where) {
  for (SharedSlot& slot : slots_) {
    if (slot.where == where) {
      if (slot.bytes != bytes || (slot.creator == current_ && slot.live)) {
        fail_here(where, "two declarations of shared memory in one line; give each a line of its own");
      }
      return &slot;
    }
  }
  const size_t offset = (shared_used_ + alignment - 1) / alignment * alignment;
  const size_t end = offset + bytes;
  if (end - grid_.shared_bytes > kStaticSharedBytes) {
    fail_here(where, fmt::format("{} bytes of shared memory are declared, more than the {} of a block",
                                 end - grid_.shared_bytes, kStaticSharedBytes));
  }
  if (end > kSharedBytes) {
    fail_here(where, fmt::format("{} bytes of shared memory, {} of them dynamic, more than the {} of a block",
                                 end, grid_.shared_bytes, kSharedBytes));
  }
  std::memset(shared(shared_used_), 0xff, end - shared_used_);
  shared_used_ = end;
  slots_.reserve(256);  // pointers to them are held
  if (slots_.size() == slots_.capacity()) {
    fail_here(where, "too many declarations of shared memory");
  }
  slots_.push_back({where, bytes, offset, current_, true});
  return &slots_.back();
}

// ---- settings
// --------------------------------------------------------------------------------------------------------

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

// ---- a grid
// ----------------------------------------------------------------------------------------------------------

void run(const Grid& grid, void (*thread)(const void* arguments), const void* arguments) {
  const dim3 g = grid.grid;
  const uint64_t blocks = uint64_t(g.x) * g.y * g.z;
  check(!engine().running(), "kernel {} is launched from within a kernel", grid.kernel);

  // Blocks are taken in order. When one fails, none behind it begins, and all before it end: the error is the
  // same for any number of threads.
  std::atomic<uint64_t> taken = 0;
  std::atomic<uint64_t> failed = blocks;
  std::exception_ptr error;
  std::mutex mutex;
  const int workers = static_cast<int>(std::min<uint64_t>(static_cast<uint64_t>(num_threads()), blocks));
  const uint64_t take = std::max<uint64_t>(1, blocks / (static_cast<uint64_t>(workers) * 16));
  parallel_for(workers, 1, [&](int64_t, int64_t) {
    Engine& e = engine();
    e.start_grid(grid, thread, arguments);
    for (uint64_t begin; (begin = taken.fetch_add(take)) < blocks;) {
      for (uint64_t block = begin; block < std::min(begin + take, blocks) && block < failed; ++block) {
        try {
          e.run_block({static_cast<unsigned>(block % g.x), static_cast<unsigned>(block / g.x % g.y),
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

std::string describe_thread() { return engine().describe(engine().current()); }

void fail_here(Site where, const std::string& message) {
  throw Error(fmt::format("{}, {}: {}", describe_thread(), text(where), message));
}

int block_barrier(const char* name, Vote vote, int predicate, Site where) {
  return engine().block_barrier(name, vote, predicate, where);
}
void warp_collective(unsigned mask, const char* name, void* operand,
                     void (*complete)(void* const* operands, unsigned mask), Site where) {
  engine().warp_collective(mask, name, operand, complete, where);
}
unsigned lane_index() { return static_cast<unsigned>(engine().current()) % kWarp; }

SharedSlot* enter_shared(size_t bytes, size_t alignment, Site where) {
  return engine().enter_shared(bytes, alignment, where);
}
void* shared_memory(const SharedSlot* slot) { return engine().shared(slot->offset); }
void leave_shared(SharedSlot* slot) { engine().leave_shared(slot); }
void* dynamic_shared_memory() { return engine().shared(0); }
size_t dynamic_shared_bytes() { return engine().dynamic_bytes(); }

}  // namespace helder::simt
