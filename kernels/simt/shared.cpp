#include "kernels/simt/shared.h"

#include <fmt/core.h>

namespace helder::simt {

void fail_index(long long index, size_t extent, Site where) {
  fail_here(where, fmt::format("index {} is past the end of shared memory declared here, which has {} there",
                               index, extent));
}

}  // namespace helder::simt
