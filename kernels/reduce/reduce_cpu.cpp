#include "kernels/reduce/reduce.h"

#include <algorithm>
#include <type_traits>

#include "tensor/parallel.h"
#include "tensor/workspace.h"

namespace helder::kernels {
namespace {

// Integers are summed as they are; floats in blocks of T that are added in double.
template <class T>
using Total = std::conditional_t<std::is_floating_point_v<T>, double, T>;

// The sum of one contiguous run, in 16 interleaved partial sums: what a vector register holds, in a fixed
// order.
template <class T>
Total<T> sum_run(const T* x, int64_t count) {
  constexpr int64_t kLanes = 16;
  constexpr int64_t kBlock = 1024;
  Total<T> total = 0;
  for (int64_t begin = 0; begin < count; begin += kBlock) {
    const int64_t end = std::min(count, begin + kBlock);
    T lanes[kLanes] = {};
    int64_t i = begin;
    for (; i + kLanes <= end; i += kLanes) {
      for (int64_t lane = 0; lane < kLanes; ++lane) {
        lanes[lane] += x[i + lane];
      }
    }
    for (; i < end; ++i) {
      lanes[0] += x[i];
    }
    for (T lane : lanes) {
      total += static_cast<Total<T>>(lane);
    }
  }
  return total;
}

// total[i] = the sum over `rows` rows of x [rows, inner].
template <class T>
void sum_rows(const T* x, int64_t rows, int64_t inner, Total<T>* total) {
  if (inner == 1) {
    *total = sum_run(x, rows);
    return;
  }
  std::fill(total, total + inner, Total<T>(0));
  for (int64_t k = 0; k < rows; ++k) {
    for (int64_t i = 0; i < inner; ++i) {
      total[i] += static_cast<Total<T>>(x[k * inner + i]);
    }
  }
}

}  // namespace

template <class T>
void sum_cpu(const ReduceGeometry& g, const T* x, T* y, double scale) {
  // n is cut into blocks, so that one long sum also has work for all threads.
  const int64_t block = std::max<int64_t>(1, 4 * kElementGrain / std::max<int64_t>(1, g.inner));
  const int64_t blocks = std::max<int64_t>(1, (g.n + block - 1) / block);
  const int64_t parts = g.outer * blocks;
  if (parts * g.inner == 0) {
    return;
  }
  const Workspace<Total<T>> partial(parts * g.inner);
  const int64_t work = std::max<int64_t>(1, std::min(g.n, block) * g.inner);
  parallel_for(parts, std::max<int64_t>(1, kElementGrain / work), [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      const int64_t outer = part / blocks;
      const int64_t first = part % blocks * block;
      const int64_t rows = std::min(block, g.n - first);
      sum_rows(x + (outer * g.n + first) * g.inner, rows, g.inner, partial.data() + part * g.inner);
    }
  });
  for (int64_t outer = 0; outer < g.outer; ++outer) {
    Total<T>* total = partial.data() + outer * blocks * g.inner;
    for (int64_t b = 1; b < blocks; ++b) {
      for (int64_t i = 0; i < g.inner; ++i) {
        total[i] += total[b * g.inner + i];
      }
    }
    for (int64_t i = 0; i < g.inner; ++i) {
      y[outer * g.inner + i] = static_cast<T>(total[i] * static_cast<Total<T>>(scale));
    }
  }
}

template <class T>
void arg_extremum_cpu(const ReduceGeometry& g, Order order, const T* x, int64_t* index) {
  const auto better = [order](T candidate, T best) {
    return best == best &&
           (candidate != candidate || (order == Order::Max ? candidate > best : candidate < best));
  };
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, g.n));
  parallel_for(g.outer * g.inner, grain, [=](int64_t begin, int64_t end) {
    for (int64_t j = begin; j < end; ++j) {
      const T* column = x + j / g.inner * g.n * g.inner + j % g.inner;
      int64_t best = 0;
      for (int64_t k = 1; k < g.n; ++k) {
        if (better(column[k * g.inner], column[best * g.inner])) {
          best = k;
        }
      }
      index[j] = best;
    }
  });
}

template void sum_cpu(const ReduceGeometry&, const int64_t*, int64_t*, double);
template void sum_cpu(const ReduceGeometry&, const float*, float*, double);
template void sum_cpu(const ReduceGeometry&, const double*, double*, double);
template void arg_extremum_cpu(const ReduceGeometry&, Order, const int64_t*, int64_t*);
template void arg_extremum_cpu(const ReduceGeometry&, Order, const float*, int64_t*);
template void arg_extremum_cpu(const ReduceGeometry&, Order, const double*, int64_t*);

}  // namespace helder::kernels
