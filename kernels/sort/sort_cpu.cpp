#include "kernels/sort/sort.h"

#include <algorithm>

#include "kernels/sort/sort_key.h"
#include "tensor/dtype.h"
#include "tensor/parallel.h"
#include "tensor/workspace.h"

namespace helder::kernels {
namespace {

// Moves the first `count` entries in order to the front. No two entries are equal, so which algorithm does it
// cannot be seen in the result.
void arrange(SortEntry* entries, int64_t size, int64_t count, bool by_position) {
  if (count < size && count > 0) {
    std::nth_element(entries, entries + count - 1, entries + size);
  }
  if (by_position) {
    std::sort(entries, entries + count,
              [](const SortEntry& a, const SortEntry& b) { return a.position < b.position; });
  } else {
    std::sort(entries, entries + count);
  }
}

}  // namespace

template <class T>
void first_in_order_cpu(const IndexGeometry& g, const SortOrder& order, const T* x, int64_t* index) {
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, 16 * g.size));
  parallel_for(g.outer * g.inner, grain, [&](int64_t begin, int64_t end) {
    const Workspace<SortEntry> entries(g.size);
    for (int64_t row = begin; row < end; ++row) {
      const int64_t o = row / g.inner, i = row % g.inner;
      for (int64_t k = 0; k < g.size; ++k) {
        const int64_t key = sort_key(x[(o * g.size + k) * g.inner + i]);
        entries[k] = {order.descending ? ~key : key, k};
      }
      arrange(entries.data(), g.size, g.count, order.by_position);
      for (int64_t j = 0; j < g.count; ++j) {
        index[(o * g.count + j) * g.inner + i] = entries[j].position;
      }
    }
  });
}

template <class T>
std::vector<int64_t> group_starts_cpu(int64_t n, const T* x, const int64_t* order) {
  std::vector<int64_t> starts;
  for (int64_t j = 0; j < n; ++j) {
    if (j == 0 || differs(x[order[j]], x[order[j - 1]])) {
      starts.push_back(j);
    }
  }
  starts.push_back(n);
  return starts;
}

void number_groups_cpu(int64_t groups, const int64_t* starts, const int64_t* order, int64_t* inverse) {
  for (int64_t group = 0; group < groups; ++group) {
    for (int64_t j = starts[group]; j < starts[group + 1]; ++j) {
      inverse[order[j]] = group;
    }
  }
}

template void first_in_order_cpu(const IndexGeometry&, const SortOrder&, const bool*, int64_t*);
template void first_in_order_cpu(const IndexGeometry&, const SortOrder&, const uint8_t*, int64_t*);
template void first_in_order_cpu(const IndexGeometry&, const SortOrder&, const int64_t*, int64_t*);
template void first_in_order_cpu(const IndexGeometry&, const SortOrder&, const Float16*, int64_t*);
template void first_in_order_cpu(const IndexGeometry&, const SortOrder&, const BFloat16*, int64_t*);
template void first_in_order_cpu(const IndexGeometry&, const SortOrder&, const float*, int64_t*);
template void first_in_order_cpu(const IndexGeometry&, const SortOrder&, const double*, int64_t*);
template std::vector<int64_t> group_starts_cpu(int64_t, const bool*, const int64_t*);
template std::vector<int64_t> group_starts_cpu(int64_t, const uint8_t*, const int64_t*);
template std::vector<int64_t> group_starts_cpu(int64_t, const int64_t*, const int64_t*);
template std::vector<int64_t> group_starts_cpu(int64_t, const Float16*, const int64_t*);
template std::vector<int64_t> group_starts_cpu(int64_t, const BFloat16*, const int64_t*);
template std::vector<int64_t> group_starts_cpu(int64_t, const float*, const int64_t*);
template std::vector<int64_t> group_starts_cpu(int64_t, const double*, const int64_t*);

}  // namespace helder::kernels
