#include "kernels/sort/sort.h"

#include <algorithm>
#include <bit>

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/workspace.h"
#include "kernels/sort/sort_key.h"

namespace helder::kernels {
namespace {

// Rows of entries, [rows, size], are sorted by merging: tiles of up to kTile entries first, each in the
// shared memory of a block, then pairs of sorted runs, whose length doubles with each pass.
constexpr int64_t kTile = 1024;

// entries[o, i, k] = the key of x[o, k, i], and k.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    make_entries(IndexGeometry g, bool descending, const T* x, SortEntry* entries) {
  for (int64_t at = grid_thread(); at < g.outer * g.size * g.inner; at += grid_threads()) {
    const int64_t i = at % g.inner, k = at / g.inner % g.size, o = at / g.inner / g.size;
    const int64_t key = sort_key(x[at]);
    entries[(o * g.inner + i) * g.size + k] = {descending ? ~key : key, k};
  }
}

// chosen[row, j] = the position of entries[row, j] as its key too, for j < count.
__global__ void __launch_bounds__(kBlockThreads)
    by_position(int64_t rows, int64_t size, int64_t count, const SortEntry* entries, SortEntry* chosen) {
  for (int64_t at = grid_thread(); at < rows * count; at += grid_threads()) {
    const int64_t position = entries[at / count * size + at % count].position;
    chosen[at] = {position, position};
  }
}

// index[o, j, i] = the position of entries[o, i, j], for j < count.
__global__ void __launch_bounds__(kBlockThreads)
    take_positions(IndexGeometry g, int64_t size, const SortEntry* entries, int64_t* index) {
  for (int64_t at = grid_thread(); at < g.outer * g.count * g.inner; at += grid_threads()) {
    const int64_t i = at % g.inner, j = at / g.inner % g.count, o = at / g.inner / g.count;
    index[at] = entries[(o * g.inner + i) * size + j].position;
  }
}

// Sorts each tile of each row: a block a tile, a thread two entries, a bitonic network (Batcher, 1968).
// Behind a row's end stand entries that come after all others.
__global__ void __launch_bounds__(kTile / 2)
    sort_tiles(int64_t size, int64_t tiles, int tile, SortEntry* entries) {
  constexpr SortEntry kLast = {INT64_MAX, INT64_MAX};
  const SharedPointer<SortEntry> shared = dynamic_shared<SortEntry>();
  const int64_t begin = blockIdx.x % tiles * tile;
  SortEntry* const row = entries + blockIdx.x / tiles * size;
  const int t = static_cast<int>(threadIdx.x);
  for (int j = t; j < tile; j += tile / 2) {
    shared[j] = begin + j < size ? row[begin + j] : kLast;
  }
  for (int run = 2; run <= tile; run *= 2) {
    for (int distance = run / 2; distance > 0; distance /= 2) {
      __syncthreads();
      const int low = 2 * t - (t & (distance - 1)), high = low + distance;
      const SortEntry a = shared[low], b = shared[high];
      const bool rising = (low & run) == 0;
      if (rising ? b < a : a < b) {
        shared[low] = b;
        shared[high] = a;
      }
    }
  }
  __syncthreads();
  for (int j = t; j < tile; j += tile / 2) {
    if (begin + j < size) {
      row[begin + j] = shared[j];
    }
  }
}

// Merges neighbouring sorted runs of each row: an entry's place among two runs is its place in its own, plus
// how many of the other come before it, which is found by bisection.
__global__ void __launch_bounds__(kBlockThreads)
    merge_runs(int64_t rows, int64_t size, int64_t run, const SortEntry* from, SortEntry* to) {
  for (int64_t at = grid_thread(); at < rows * size; at += grid_threads()) {
    const SortEntry* const row = from + at / size * size;
    const int64_t k = at % size;
    const SortEntry entry = row[k];
    const int64_t own = k / run * run;
    const int64_t pair = own / (2 * run) * (2 * run);
    const int64_t other = own == pair ? own + run : pair;
    int64_t low = min(other, size), high = min(other + run, size);
    const int64_t first = low;
    while (low < high) {
      const int64_t middle = (low + high) / 2;
      if (row[middle] < entry) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    to[at / size * size + pair + (k - own) + (low - first)] = entry;
  }
}

// Sorts the rows of `entries`, with `spare` of the same size to work in. Returns where they are then.
SortEntry* sort_rows(int64_t rows, int64_t size, SortEntry* entries, SortEntry* spare) {
  const auto fits = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(size)));
  const int64_t tile = std::clamp<int64_t>(fits, 64, kTile);
  const int64_t tiles = (size + tile - 1) / tile;
  launch<sort_tiles>({.grid = static_cast<unsigned>(rows * tiles),
                      .block = static_cast<unsigned>(tile / 2),
                      .shared = static_cast<size_t>(tile) * sizeof(SortEntry)},
                     size, tiles, static_cast<int>(tile), entries);
  for (int64_t run = tile; run < size; run *= 2) {
    launch<merge_runs>(grid_for(rows * size), rows, size, run, entries, spare);
    std::swap(entries, spare);
  }
  return entries;
}

// starts[j] = whether j is 0 or x[order[j]] differs from x[order[j - 1]].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    mark_groups(int64_t n, const T* x, const int64_t* order, bool* starts) {
  for (int64_t j = grid_thread(); j < n; j += grid_threads()) {
    starts[j] = j == 0 || differs(x[order[j]], x[order[j - 1]]);
  }
}

// inverse[order[j]] = the last group that starts at or before j, by bisection.
__global__ void __launch_bounds__(kBlockThreads)
    number_groups(int64_t n, int64_t groups, const int64_t* starts, const int64_t* order, int64_t* inverse) {
  for (int64_t j = grid_thread(); j < n; j += grid_threads()) {
    int64_t low = 0, high = groups - 1;
    while (low < high) {
      const int64_t middle = (low + high + 1) / 2;
      if (starts[middle] <= j) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    inverse[order[j]] = low;
  }
}

}  // namespace

template <class T>
void first_in_order_cuda(const IndexGeometry& g, const SortOrder& order, const T* x, int64_t* index) {
  const int64_t rows = g.outer * g.inner;
  if (rows * g.count == 0) {
    return;
  }
  const CudaWorkspace<SortEntry> first(rows * g.size), second(rows * g.size);
  launch<make_entries<T>>(grid_for(rows * g.size), g, order.descending, x, first.data());
  SortEntry* sorted = sort_rows(rows, g.size, first.data(), second.data());
  int64_t size = g.size;
  if (order.by_position) {
    SortEntry* chosen = sorted == first.data() ? second.data() : first.data();
    launch<by_position>(grid_for(rows * g.count), rows, g.size, g.count, sorted, chosen);
    sorted = sort_rows(rows, g.count, chosen, sorted);
    size = g.count;
  }
  launch<take_positions>(grid_for(rows * g.count), g, size, sorted, index);
}

template <class T>
void group_starts_cuda(int64_t n, const T* x, const int64_t* order, bool* starts) {
  launch<mark_groups<T>>(grid_for(n), n, x, order, starts);
}

void number_groups_cuda(int64_t n, int64_t groups, const int64_t* starts, const int64_t* order,
                        int64_t* inverse) {
  launch<number_groups>(grid_for(n), n, groups, starts, order, inverse);
}

template void first_in_order_cuda(const IndexGeometry&, const SortOrder&, const bool*, int64_t*);
template void first_in_order_cuda(const IndexGeometry&, const SortOrder&, const uint8_t*, int64_t*);
template void first_in_order_cuda(const IndexGeometry&, const SortOrder&, const int64_t*, int64_t*);
template void first_in_order_cuda(const IndexGeometry&, const SortOrder&, const Float16*, int64_t*);
template void first_in_order_cuda(const IndexGeometry&, const SortOrder&, const BFloat16*, int64_t*);
template void first_in_order_cuda(const IndexGeometry&, const SortOrder&, const float*, int64_t*);
template void first_in_order_cuda(const IndexGeometry&, const SortOrder&, const double*, int64_t*);
template void group_starts_cuda(int64_t, const bool*, const int64_t*, bool*);
template void group_starts_cuda(int64_t, const uint8_t*, const int64_t*, bool*);
template void group_starts_cuda(int64_t, const int64_t*, const int64_t*, bool*);
template void group_starts_cuda(int64_t, const Float16*, const int64_t*, bool*);
template void group_starts_cuda(int64_t, const BFloat16*, const int64_t*, bool*);
template void group_starts_cuda(int64_t, const float*, const int64_t*, bool*);
template void group_starts_cuda(int64_t, const double*, const int64_t*, bool*);

}  // namespace helder::kernels
