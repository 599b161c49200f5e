#include <type_traits>

#include "kernels/cuda/block_reduce.cuh"
#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/workspace.h"
#include "kernels/reduce/any.h"
#include "kernels/reduce/cumsum.h"
#include "kernels/reduce/reduce.h"

namespace helder::kernels {
namespace {

template <class T>
using Total = std::conditional_t<std::is_floating_point_v<T>, double, T>;

// How n is cut: so that one long sum has work for many blocks, and no thread adds more than a few dozen
// numbers before they are added in double.
constexpr int64_t kPart = 8192;

// partial[o, p] = the sum of part p of row o of x [outer, n]. A block a part: its threads read side by side.
template <class T>
__global__ void __launch_bounds__(256)
    sum_row_parts(int64_t n, int64_t parts, const T* x, Total<T>* partial) {
  const int64_t part = blockIdx.x % parts;
  const T* row = x + blockIdx.x / parts * n;
  const int64_t end = min(n, (part + 1) * kPart);
  T sum = 0;
  for (int64_t k = part * kPart + threadIdx.x; k < end; k += blockDim.x) {
    sum += row[k];
  }
  const Total<T> total = block_sum(static_cast<Total<T>>(sum));
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = total;
  }
}

// partial[o, p, i] = the sum over the rows k of part p of x [outer, n, inner]. A thread a column: neighbours
// read neighbours.
template <class T>
__global__ void __launch_bounds__(256)
    sum_column_parts(ReduceGeometry g, int64_t parts, int64_t rows, const T* x, Total<T>* partial) {
  for (int64_t j = grid_thread(); j < g.outer * parts * g.inner; j += grid_threads()) {
    const int64_t i = j % g.inner, part = j / g.inner % parts, outer = j / g.inner / parts;
    const int64_t end = min(g.n, (part + 1) * rows);
    Total<T> sum = 0;
    for (int64_t k = part * rows; k < end; ++k) {
      sum += static_cast<Total<T>>(x[(outer * g.n + k) * g.inner + i]);
    }
    partial[j] = sum;
  }
}

// y[o, i] = scale * the sum over p of partial[o, p, i].
template <class T>
__global__ void __launch_bounds__(256)
    add_parts(int64_t outer, int64_t parts, int64_t inner, double scale, const Total<T>* partial, T* y) {
  for (int64_t j = grid_thread(); j < outer * inner; j += grid_threads()) {
    Total<T> sum = 0;
    for (int64_t p = 0; p < parts; ++p) {
      sum += partial[(j / inner * parts + p) * inner + j % inner];
    }
    y[j] = static_cast<T>(sum * static_cast<Total<T>>(scale));
  }
}

template <class T>
__global__ void __launch_bounds__(256)
    arg_extremum(ReduceGeometry g, Order order, const T* x, int64_t* index) {
  for (int64_t j = grid_thread(); j < g.outer * g.inner; j += grid_threads()) {
    const T* column = x + j / g.inner * g.n * g.inner + j % g.inner;
    int64_t best = 0;
    T value = column[0];
    for (int64_t k = 1; k < g.n; ++k) {
      const T candidate = column[k * g.inner];
      const bool better =
          candidate != candidate || (order == Order::Max ? candidate > value : candidate < value);
      if (value == value && better) {
        best = k;
        value = candidate;
      }
    }
    index[j] = best;
  }
}

// y[o, i] = whether some (or, for `all`, every) x[o, k, i] holds.
__global__ void __launch_bounds__(256) any_or_all(ReduceGeometry g, bool all, const bool* x, bool* y) {
  for (int64_t j = grid_thread(); j < g.outer * g.inner; j += grid_threads()) {
    const bool* column = x + j / g.inner * g.n * g.inner + j % g.inner;
    bool result = all;
    for (int64_t k = 0; k < g.n && result == all; ++k) {
      result = column[k * g.inner];
    }
    y[j] = result;
  }
}

template <class T>
__global__ void __launch_bounds__(256) cumsum(ReduceGeometry g, bool backwards, const T* x, T* y) {
  for (int64_t j = grid_thread(); j < g.outer * g.inner; j += grid_threads()) {
    const int64_t column = j / g.inner * g.n * g.inner + j % g.inner;
    Total<T> total = 0;
    for (int64_t step = 0; step < g.n; ++step) {
      const int64_t at = column + (backwards ? g.n - 1 - step : step) * g.inner;
      total += static_cast<Total<T>>(x[at]);
      y[at] = static_cast<T>(total);
    }
  }
}

}  // namespace

template <class T>
void sum_cuda(const ReduceGeometry& g, const T* x, T* y, double scale) {
  if (g.outer * g.inner == 0) {
    return;
  }
  if (g.inner == 1) {
    const int64_t parts = std::max<int64_t>(1, (g.n + kPart - 1) / kPart);
    const CudaWorkspace<Total<T>> partial(g.outer * parts);
    const Launch grid = {.grid = static_cast<unsigned>(g.outer * parts), .block = 256};
    launch<sum_row_parts<T>>(grid, g.n, parts, x, partial.data());
    launch<add_parts<T>>(grid_for(g.outer), g.outer, parts, int64_t{1}, scale, partial.data(), y);
    return;
  }
  constexpr int64_t kRows = 256;
  const int64_t parts = std::max<int64_t>(1, (g.n + kRows - 1) / kRows);
  const CudaWorkspace<Total<T>> partial(g.outer * parts * g.inner);
  launch<sum_column_parts<T>>(grid_for(g.outer * parts * g.inner), g, parts, kRows, x, partial.data());
  launch<add_parts<T>>(grid_for(g.outer * g.inner), g.outer, parts, g.inner, scale, partial.data(), y);
}

template <class T>
void arg_extremum_cuda(const ReduceGeometry& g, Order order, const T* x, int64_t* index) {
  launch<arg_extremum<T>>(grid_for(g.outer * g.inner), g, order, x, index);
}

void any_cuda(const ReduceGeometry& g, const bool* x, bool* y) {
  launch<any_or_all>(grid_for(g.outer * g.inner), g, false, x, y);
}

void all_cuda(const ReduceGeometry& g, const bool* x, bool* y) {
  launch<any_or_all>(grid_for(g.outer * g.inner), g, true, x, y);
}

template <class T>
void cumsum_cuda(const ReduceGeometry& g, bool backwards, const T* x, T* y) {
  launch<cumsum<T>>(grid_for(g.outer * g.inner), g, backwards, x, y);
}

template void sum_cuda(const ReduceGeometry&, const int64_t*, int64_t*, double);
template void sum_cuda(const ReduceGeometry&, const float*, float*, double);
template void sum_cuda(const ReduceGeometry&, const double*, double*, double);
template void arg_extremum_cuda(const ReduceGeometry&, Order, const int64_t*, int64_t*);
template void arg_extremum_cuda(const ReduceGeometry&, Order, const float*, int64_t*);
template void arg_extremum_cuda(const ReduceGeometry&, Order, const double*, int64_t*);
template void cumsum_cuda(const ReduceGeometry&, bool, const int64_t*, int64_t*);
template void cumsum_cuda(const ReduceGeometry&, bool, const float*, float*);
template void cumsum_cuda(const ReduceGeometry&, bool, const double*, double*);

}  // namespace helder::kernels
