// Where threads wait for each other: barriers of a block, collectives of a warp.

#include "kernels/simt/block_runner.h"
#include "tensor/error.h"

namespace helder::simt {

int BlockRunner::block_barrier(const char* name, Vote vote, int predicate, Site where) {
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
    ++epoch_;
    result_ = vote_ == Vote::And ? and_ : vote_ == Vote::Or ? or_ : votes_;
    for (int i = 0; i < count_; ++i) {
      if (i != current_) {
        release(threads_[i]);
      }
    }
  }
  return result_;
}

void BlockRunner::warp_collective(unsigned mask, const char* name, void* operand,
                                  void (*complete)(void* const*, unsigned), Site where) {
  const int first = current_ / kWarp * kWarp;
  const unsigned lane = static_cast<unsigned>(current_ % kWarp);
  const unsigned lanes = count_ - first >= kWarp ? ~0u : (1u << (count_ - first)) - 1;
  Warp& warp = warps_[current_ / kWarp];
  if ((mask >> lane & 1) == 0) {
    fail_here(where, fmt::format("{}: the mask {:#010x} has not the calling lane {}", name, mask, lane));
  }
  if (mask & ~lanes) {
    fail_here(where, fmt::format("{}: the mask {:#010x} has lanes that the warp has not, which has {:#010x}",
                                 name, mask, lanes));
  }
  if (mask & warp.done) {
    fail_here(where, fmt::format("{}: the mask {:#010x} has lane {}, which has left the kernel", name, mask,
                                 std::countr_zero(mask & warp.done)));
  }
  int at = 0;
  for (; at < warp.count; ++at) {
    const Meeting& meeting = warp.meetings[at];
    if (meeting.mask == mask && meeting.name == name && meeting.where == where) {
      break;
    }
    if ((meeting.mask >> lane & 1) && (meeting.arrived & mask)) {  // each waits for the other, elsewhere
      fail_here(where, fmt::format("{} with mask {:#010x}, but {} with mask {:#010x}", name, mask,
                                   waits(first + std::countr_zero(meeting.arrived & mask)), meeting.mask));
    }
  }
  if (at == warp.count) {
    warp.meetings[warp.count++] = {mask, 0, name, where};
  }
  Thread& self = threads_[current_];
  self.operand = operand;
  warp.meetings[at].arrived |= 1u << lane;
  if (warp.meetings[at].arrived != mask) {
    self.name = name;
    self.where = where;
    self.state = State::AtCollective;
    suspend();
    return;
  }
  warp.meetings[at] = warp.meetings[--warp.count];
  void* operands[kWarp];
  for (unsigned rest = mask; rest != 0; rest &= rest - 1) {
    const int other = std::countr_zero(rest);
    operands[other] = threads_[first + other].operand;
  }
  if (operand == nullptr) {  // __syncwarp: the only one that orders accesses to memory
    ++warp_epochs_[current_ / kWarp];
  }
  complete(operands, mask);
  for (unsigned rest = mask & ~(1u << lane); rest != 0; rest &= rest - 1) {
    release(threads_[first + std::countr_zero(rest)]);
  }
}

int block_barrier(const char* name, Vote vote, int predicate, Site where) {
  return block_runner().block_barrier(name, vote, predicate, where);
}
void warp_collective(unsigned mask, const char* name, void* operand,
                     void (*complete)(void* const* operands, unsigned mask), Site where) {
  block_runner().warp_collective(mask, name, operand, complete, where);
}
unsigned lane_index() { return static_cast<unsigned>(block_runner().current()) % kWarp; }

void fail_source(const char* name, unsigned source, unsigned mask, Site where) {
  fail_here(where, fmt::format("{}: reads lane {}, which is not in the mask {:#010x}", name, source, mask));
}

}  // namespace helder::simt
