#include "kernels/simt/race_map.h"

namespace helder::simt {

namespace {

constexpr int kWarp = 32;

bool same_warp(const RaceMap::Access& a, const RaceMap::Access& b) {
  return a.thread / kWarp == b.thread / kWarp;
}

bool race(const RaceMap::Access& earlier, const RaceMap::Access& now) {
  return earlier.thread >= 0 && earlier.thread != now.thread && earlier.epoch == now.epoch &&
         !(same_warp(earlier, now) && earlier.warp_epoch != now.warp_epoch);
}

}  // namespace

const RaceMap::Access* RaceMap::note(size_t offset, const Access& access) {
  Element& element = elements_[offset];
  if (element.block != block_) {
    element = {block_, {}, {}};
  }
  if (race(element.writer, access)) {
    return &element.writer;
  }
  if (!access.write) {
    // A later writer races with any reader of another warp, and with those of its own since the last
    // __syncwarp(): one reader of each of two warps is enough to find it.
    const bool first = element.readers[0].thread < 0 || element.readers[0].epoch != access.epoch ||
                       same_warp(element.readers[0], access);
    element.readers[first ? 0 : 1] = access;
    return nullptr;
  }
  for (const Access& reader : element.readers) {
    if (race(reader, access)) {
      return &reader;
    }
  }
  element.writer = access;
  return nullptr;
}

}  // namespace helder::simt
