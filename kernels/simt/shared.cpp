#include "kernels/simt/shared.h"

#include <fmt/core.h>

namespace helder::simt {

void fail_index(Index index, size_t extent) {
  fail_here(index.where, fmt::format("index {} of an array of {} in shared memory", index.value, extent));
}

}  // namespace helder::simt
