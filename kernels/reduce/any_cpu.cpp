#include "kernels/reduce/any.h"

#include <algorithm>

#include "kernels/softmax/columns.h"

namespace helder::kernels {

void any_cpu(const ReduceGeometry& g, const bool* x, bool* y) {
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const bool* from = x + outer * g.n * g.inner + first;
    bool* found = y + outer * g.inner + first;
    std::fill(found, found + width, false);
    for_each_element<Width>(g.n, g.inner, width, [=](int64_t at, int64_t j) { found[j] |= from[at]; });
  });
}

void all_cpu(const ReduceGeometry& g, const bool* x, bool* y) {
  for_each_column_block(g, [=]<int64_t Width>(int64_t outer, int64_t first, int64_t width) {
    const bool* from = x + outer * g.n * g.inner + first;
    bool* held = y + outer * g.inner + first;
    std::fill(held, held + width, true);
    for_each_element<Width>(g.n, g.inner, width, [=](int64_t at, int64_t j) { held[j] &= from[at]; });
  });
}

}  // namespace helder::kernels
