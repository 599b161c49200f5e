#include "kernels/simt/block_runner.h"

#include <cstring>
#include <random>
#include <string_view>
#include <utility>

#include "tensor/error.h"

namespace helder::simt {

std::string text(const Site& where) {
  std::string_view file = where.file;
  file.remove_prefix(file.find_last_of('/') + 1);
  return fmt::format("{}:{}", file, where.line);
}
std::string text(const uint3& v) { return fmt::format("({},{},{})", v.x, v.y, v.z); }

BlockRunner& block_runner() {
  static thread_local BlockRunner runner;
  return runner;
}

void BlockRunner::start_grid(const Grid& grid, void (*body)(const void*), const void* arguments) {
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

void BlockRunner::order_threads(uint64_t block) {
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

void BlockRunner::run_block(uint3 index) {
  blockIdx = index;
  if (settings_.order == LaneOrder::Shuffled) {
    order_threads(index.x + uint64_t(gridDim.x) * (index.y + uint64_t(gridDim.y) * index.z));
  }
  for (int i = 0; i < count_; ++i) {
    threads_[i].state = State::Unstarted;
  }
  ready_.clear();
  for (int i = 0; i < (count_ + kWarp - 1) / kWarp; ++i) {
    warps_[i].done = 0;
    warps_[i].count = 0;
  }
  unstarted_ = done_ = arrived_ = 0;
  first_done_ = -1;
  slots_.clear();
  if (settings_.races) {
    if (!races_) {
      races_ = std::make_unique<RaceMap>(kSharedBytes);
    }
    races_->start_block();
    epoch_ = 0;
    warp_epochs_.fill(0);
  }
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
void BlockRunner::enter(Fiber* fiber) {
  Fiber* self = running_;
  running_ = fiber;
  switch_fiber(*self, *fiber);
  running_ = self;
}

// Who has the next turn: a thread that was released, else one that has not begun, else, if all are done, the
// caller. Those that were released come first, so that a kernel that only its warps' collectives stop needs
// few fibers.
Fiber* BlockRunner::next() {
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
void BlockRunner::work() {
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

void BlockRunner::run_thread(int thread) {
  set_current(thread);
  threads_[thread].state = State::Running;
  body_(arguments_);
  finished(thread);
}

void BlockRunner::finished(int thread) {
  threads_[thread].state = State::Done;
  if (done_++ == 0) {
    first_done_ = thread;
  }
  if (arrived_ > 0) {
    throw Error(fmt::format("{}: left the kernel, but {}: a barrier that not all threads of the block reach",
                            describe(thread), waits(first_arrived_)));
  }
  Warp& warp = warps_[thread / kWarp];
  warp.done |= 1u << (thread % kWarp);
  for (int i = 0; i < warp.count; ++i) {
    const Meeting& meeting = warp.meetings[i];
    if (meeting.mask & warp.done) {
      const int other = thread / kWarp * kWarp + std::countr_zero(meeting.arrived);
      throw Error(fmt::format("{}: left the kernel, but {} for it (mask {:#010x})", describe(thread),
                              waits(other), meeting.mask));
    }
  }
}

void BlockRunner::suspend() {
  const int thread = current_;
  threads_[thread].fiber = running_;
  enter(next());
  set_current(thread);
}

void BlockRunner::stuck() {
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

}  // namespace helder::simt
