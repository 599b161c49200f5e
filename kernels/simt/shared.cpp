#include "kernels/simt/shared.h"

#include <cstring>

#include "kernels/simt/block_runner.h"

namespace helder::simt {

void BlockRunner::track(const void* at, bool write, Site where) {
  const size_t offset = static_cast<size_t>(static_cast<const unsigned char*>(at) - shared_.get());
  if (const RaceMap::Access* other =
          races_->note(offset, {current_, epoch_, warp_epochs_[current_ / kWarp], where, write})) {
    fail_here(where, fmt::format("{} shared memory that thread {} {} ({}) with no barrier in between",
                                 write ? "writes" : "reads", text(threads_[other->thread].index),
                                 other->write ? "wrote" : "read", text(other->where)));
  }
}

SharedSlot* BlockRunner::enter_shared(size_t bytes, size_t alignment, Site where) {
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
  if (slots_.size() == kMaxSlots) {
    fail_here(where, "too many declarations of shared memory");
  }
  slots_.reserve(kMaxSlots);
  slots_.push_back({where, bytes, offset, current_, true});
  return &slots_.back();
}

SharedSlot* enter_shared(size_t bytes, size_t alignment, Site where) {
  return block_runner().enter_shared(bytes, alignment, where);
}
void* shared_memory(const SharedSlot* slot) { return block_runner().shared(slot->offset); }
void leave_shared(SharedSlot* slot) { block_runner().leave_shared(slot); }
bool tracks_shared() { return block_runner().tracks(); }
void track_shared(const void* at, bool write, Site where) { block_runner().track(at, write, where); }
void* dynamic_shared_memory() { return block_runner().shared(0); }
size_t dynamic_shared_bytes() { return block_runner().dynamic_bytes(); }

void fail_index(Index index, size_t extent) {
  fail_here(index.where, fmt::format("index {} of an array of {} in shared memory", index.value, extent));
}

}  // namespace helder::simt
