#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/simt/site.h"

namespace helder::simt {

/// Who wrote and who read each element of a block's shared memory last. Two threads that touch the same
/// element, one of them writing, with no barrier in between, race: on fibers they have an order, on a GPU
/// they have none.
class RaceMap {
 public:
  struct Access {
    int thread = -1;
    uint32_t epoch = 0;       // barriers of the block before it
    uint32_t warp_epoch = 0;  // __syncwarp()s of the thread's warp before it
    Site where;
    bool write = false;
  };

  explicit RaceMap(size_t bytes) : elements_(bytes) {}

  void start_block() { ++block_; }

  /// Notes an access to the element that begins at `offset`. Returns an earlier one that it races with, or
  /// nullptr.
  const Access* note(size_t offset, const Access& access);

 private:
  struct Element {
    uint64_t block = 0;  // what is older than this block is forgotten
    Access writer;
    Access readers[2];  // of two warps, where there were two
  };
  std::vector<Element> elements_;
  uint64_t block_ = 0;
};

}  // namespace helder::simt
