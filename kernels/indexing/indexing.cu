#include "kernels/indexing/indexing.h"

#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/workspace.h"
#include "kernels/indexing/bincount.h"
#include "kernels/sort/sort.h"
#include "tensor/half.h"

namespace helder::kernels {
namespace {

// *first = min(*first, the first i < n at which index[i] is outside [low, high)).
__global__ void __launch_bounds__(kBlockThreads)
    find_outside(int64_t n, int64_t low, int64_t high, const int64_t* index, long long* first) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    if (index[i] < low || index[i] >= high) {
      atomicMin(first, static_cast<long long>(i));
      return;
    }
  }
}

// positions[k] = positions[k] size + index[k], a negative index counted from the end; all [count].
__global__ void __launch_bounds__(kBlockThreads)
    append_index(int64_t count, int64_t size, const int64_t* index, int64_t* positions) {
  for (int64_t k = grid_thread(); k < count; k += grid_threads()) {
    positions[k] = positions[k] * size + (index[k] < 0 ? index[k] + size : index[k]);
  }
}

// counts[index[i]] += 1 for i < n. Of whole numbers the order does not matter.
__global__ void __launch_bounds__(kBlockThreads)
    bincount(int64_t n, const int64_t* index, unsigned long long* counts) {
  for (int64_t i = grid_thread(); i < n; i += grid_threads()) {
    atomicAdd(&counts[index[i]], 1ULL);
  }
}

// index[o, j, i] of an index [outer, count, inner], or index[j] of an index [count].
struct Places {
  const int64_t* index;
  int64_t outer_step, step, inner_step;

  __device__ int64_t offset(int64_t o, int64_t j, int64_t i) const {
    return o * outer_step + j * step + i * inner_step;
  }
};

Places one_for_all(const int64_t* index) { return {index, 0, 1, 0}; }
Places one_each(const IndexGeometry& g, const int64_t* index) {
  return {index, g.count * g.inner, g.inner, 1};
}

// y[o, j, i] = x[o, place, i].  y is [outer, count, inner], x [outer, size, inner].
template <class T>
__global__ void __launch_bounds__(kBlockThreads) pick(IndexGeometry g, Places places, const T* x, T* y) {
  for (int64_t k = grid_thread(); k < g.outer * g.count * g.inner; k += grid_threads()) {
    const int64_t i = k % g.inner, j = k / g.inner % g.count, o = k / g.inner / g.count;
    y[k] = x[(o * g.size + places.index[places.offset(o, j, i)]) * g.inner + i];
  }
}

// What happens at a place: to = from, or to += from.
struct Assign {
  template <class T>
  __device__ static void change(T& to, T from) {
    to = from;
  }
};
struct Add {
  template <class T>
  __device__ static void change(T& to, T from) {
    to = static_cast<T>(to + from);
  }
};

// change(y[o, place, i], x[o, j, i]) for all j in their order.  x is [outer, count, inner], y [outer, size,
// inner]. A thread has a column (o, i) to itself.
template <class Change, class T>
__global__ void __launch_bounds__(kBlockThreads)
    put_columns(IndexGeometry g, Places places, const T* x, T* y) {
  for (int64_t column = grid_thread(); column < g.outer * g.inner; column += grid_threads()) {
    const int64_t o = column / g.inner, i = column % g.inner;
    for (int64_t j = 0; j < g.count; ++j) {
      const int64_t place = places.index[places.offset(o, j, i)];
      Change::change(y[(o * g.size + place) * g.inner + i], x[(o * g.count + j) * g.inner + i]);
    }
  }
}

// The same with a thread for each (o, j, i), where `order`, laid out as the index is, sorts the indices:
// those of one place lie side by side, still in the order of j. The thread of the first does them all.
template <class Change, class T>
__global__ void __launch_bounds__(kBlockThreads)
    put_groups(IndexGeometry g, Places places, const int64_t* order, const T* x, T* y) {
  for (int64_t k = grid_thread(); k < g.outer * g.count * g.inner; k += grid_threads()) {
    const int64_t i = k % g.inner, first = k / g.inner % g.count, o = k / g.inner / g.count;
    const auto source = [&](int64_t j) { return order[places.offset(o, j, i)]; };
    const auto place_of = [&](int64_t j) { return places.index[places.offset(o, source(j), i)]; };
    const int64_t place = place_of(first);
    if (first > 0 && place_of(first - 1) == place) {
      continue;
    }
    T& at = y[(o * g.size + place) * g.inner + i];
    T value = at;
    for (int64_t j = first; j < g.count && place_of(j) == place; ++j) {
      Change::change(value, x[(o * g.count + source(j)) * g.inner + i]);
    }
    at = value;
  }
}

// Sorting pays when there are many indices but few columns to hand out to threads.
constexpr int64_t kFewIndices = 32;
constexpr int64_t kManyColumns = int64_t{1} << 16;

template <class Change, class T>
void put(const IndexGeometry& g, const Places& places, const T* x, T* y) {
  const int64_t columns = g.outer * g.inner;
  if (columns * g.count == 0) {
    return;
  }
  if (g.count <= kFewIndices || columns >= kManyColumns) {
    launch<put_columns<Change, T>>(grid_for(columns), g, places, x, y);
    return;
  }
  const bool shared = places.inner_step == 0;  // one list of indices for all columns
  const IndexGeometry lists = {
      .outer = shared ? 1 : g.outer, .size = g.count, .count = g.count, .inner = shared ? 1 : g.inner};
  const CudaWorkspace<int64_t> order(lists.outer * lists.count * lists.inner);
  first_in_order_cuda(lists, {}, places.index, order.data());
  launch<put_groups<Change, T>>(grid_for(columns * g.count), g, places, order.data(), x, y);
}

template <class T>
void launch_pick(const IndexGeometry& g, const Places& places, const T* x, T* y) {
  launch<pick<T>>(grid_for(g.outer * g.count * g.inner), g, places, x, y);
}

}  // namespace

int64_t first_outside_cuda(int64_t n, int64_t low, int64_t high, const int64_t* index) {
  const CudaWorkspace<long long> found(1);
  long long first = n;
  cuda::copy_from_cpu(found.data(), &first, sizeof(first));
  launch<find_outside>(grid_for(n), n, low, high, index, found.data());
  cuda::copy_to_cpu(&first, found.data(), sizeof(first));
  return first == n ? -1 : first;
}

int64_t append_index_cuda(int64_t count, int64_t size, const int64_t* index, int64_t* positions) {
  const int64_t bad = first_outside_cuda(count, -size, size, index);
  if (bad < 0) {
    launch<append_index>(grid_for(count), count, size, index, positions);
  }
  return bad;
}

template <class T>
void index_select_cuda(const IndexGeometry& g, const int64_t* index, const T* x, T* y) {
  launch_pick(g, one_for_all(index), x, y);
}

template <class T>
void index_add_cuda(const IndexGeometry& g, const int64_t* index, const T* dy, T* dx) {
  put<Add>(g, one_for_all(index), dy, dx);
}

template <class T>
void index_assign_cuda(const IndexGeometry& g, const int64_t* index, const T* x, T* y) {
  put<Assign>(g, one_for_all(index), x, y);
}

template <class T>
void gather_cuda(const IndexGeometry& g, const int64_t* index, const T* x, T* y) {
  launch_pick(g, one_each(g, index), x, y);
}

template <class T>
void gather_add_cuda(const IndexGeometry& g, const int64_t* index, const T* dy, T* dx) {
  put<Add>(g, one_each(g, index), dy, dx);
}

template <class T>
void scatter_cuda(const IndexGeometry& g, const int64_t* index, const T* x, T* y) {
  put<Assign>(g, one_each(g, index), x, y);
}

void bincount_cuda(int64_t n, const int64_t* index, int64_t* counts) {
  static_assert(sizeof(int64_t) == sizeof(unsigned long long));
  launch<bincount>(grid_for(n), n, index, reinterpret_cast<unsigned long long*>(counts));
}

template <class T>
void weighted_bincount_cuda(int64_t n, const int64_t* index, const T* weights, T* sums) {
  index_add_cuda({.outer = 1, .size = 0, .count = n, .inner = 1}, index, weights, sums);
}

template void index_select_cuda(const IndexGeometry&, const int64_t*, const bool*, bool*);
template void index_select_cuda(const IndexGeometry&, const int64_t*, const uint8_t*, uint8_t*);
template void index_select_cuda(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void index_select_cuda(const IndexGeometry&, const int64_t*, const Float16*, Float16*);
template void index_select_cuda(const IndexGeometry&, const int64_t*, const BFloat16*, BFloat16*);
template void index_select_cuda(const IndexGeometry&, const int64_t*, const float*, float*);
template void index_select_cuda(const IndexGeometry&, const int64_t*, const double*, double*);
template void index_assign_cuda(const IndexGeometry&, const int64_t*, const bool*, bool*);
template void index_assign_cuda(const IndexGeometry&, const int64_t*, const uint8_t*, uint8_t*);
template void index_assign_cuda(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void index_assign_cuda(const IndexGeometry&, const int64_t*, const Float16*, Float16*);
template void index_assign_cuda(const IndexGeometry&, const int64_t*, const BFloat16*, BFloat16*);
template void index_assign_cuda(const IndexGeometry&, const int64_t*, const float*, float*);
template void index_assign_cuda(const IndexGeometry&, const int64_t*, const double*, double*);
template void index_add_cuda(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void index_add_cuda(const IndexGeometry&, const int64_t*, const float*, float*);
template void index_add_cuda(const IndexGeometry&, const int64_t*, const double*, double*);
template void gather_cuda(const IndexGeometry&, const int64_t*, const bool*, bool*);
template void gather_cuda(const IndexGeometry&, const int64_t*, const uint8_t*, uint8_t*);
template void gather_cuda(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void gather_cuda(const IndexGeometry&, const int64_t*, const Float16*, Float16*);
template void gather_cuda(const IndexGeometry&, const int64_t*, const BFloat16*, BFloat16*);
template void gather_cuda(const IndexGeometry&, const int64_t*, const float*, float*);
template void gather_cuda(const IndexGeometry&, const int64_t*, const double*, double*);
template void scatter_cuda(const IndexGeometry&, const int64_t*, const bool*, bool*);
template void scatter_cuda(const IndexGeometry&, const int64_t*, const uint8_t*, uint8_t*);
template void scatter_cuda(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void scatter_cuda(const IndexGeometry&, const int64_t*, const Float16*, Float16*);
template void scatter_cuda(const IndexGeometry&, const int64_t*, const BFloat16*, BFloat16*);
template void scatter_cuda(const IndexGeometry&, const int64_t*, const float*, float*);
template void scatter_cuda(const IndexGeometry&, const int64_t*, const double*, double*);
template void gather_add_cuda(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void gather_add_cuda(const IndexGeometry&, const int64_t*, const float*, float*);
template void gather_add_cuda(const IndexGeometry&, const int64_t*, const double*, double*);
template void weighted_bincount_cuda(int64_t, const int64_t*, const float*, float*);
template void weighted_bincount_cuda(int64_t, const int64_t*, const double*, double*);

}  // namespace helder::kernels
