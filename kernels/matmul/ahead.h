#pragma once

#include <cstdint>

#include "kernels/simd.h"

namespace helder::kernels {

/// Memory that is wanted soon: `runs` runs of `bytes` bytes, the first at `data`, `stride` bytes apart.
///
/// A tile's multiply-adds leave the load units half idle. In their shadow the lines are called for one at a
/// time, far enough apart that none waits for a free line buffer, and are in level 2 when they are read:
/// packing runs at the speed of level 2, not of memory. The processor's own prefetching does not see short
/// runs far apart coming.
class Ahead {
 public:
  Ahead() = default;
  Ahead(const void* data, int64_t bytes, int64_t stride, int64_t runs)
      : run_(static_cast<const char*>(data)), bytes_(bytes), stride_(stride), runs_(runs) {}

  /// Calls for the next line, if one is left. Says whether there was one.
  template <bool Write = false>
  HELDER_INLINE bool call() {
    if (runs_ <= 0) {
      return false;
    }
    __builtin_prefetch(run_ + offset_, Write, Write ? 3 : 2);
    offset_ += kLine;
    if (offset_ >= bytes_) {
      offset_ = 0;
      run_ += stride_;
      --runs_;
    }
    return true;
  }

 private:
  static constexpr int64_t kLine = 64;
  const char* run_ = nullptr;
  int64_t bytes_ = 0, stride_ = 0, runs_ = 0, offset_ = 0;
};

}  // namespace helder::kernels
