#include <algorithm>

#include "kernels/indexing/indexing.h"
#include "tensor/dtype.h"
#include "tensor/parallel.h"

namespace helder::kernels {

IndexGeometry index_geometry(const Shape& x, int dim, int64_t count) {
  IndexGeometry g{.outer = 1, .size = x[dim], .count = count, .inner = 1};
  for (int d = 0; d < x.rank(); ++d) {
    if (d != dim) {
      (d < dim ? g.outer : g.inner) *= x[d];
    }
  }
  return g;
}

void check_indices(const char* operation, const int64_t* index, int64_t n, int64_t size) {
  for (int64_t i = 0; i < n; ++i) {
    check(index[i] >= 0 && index[i] < size,
          "{}: index {} at position {} is out of range for a dimension of size {}", operation, index[i], i,
          size);
  }
}

template <class T>
void index_select_cpu(const IndexGeometry& g, const int64_t* index, const T* x, T* y) {
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, g.inner));
  parallel_for(g.outer * g.count, grain, [=](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const T* from = x + (row / g.count * g.size + index[row % g.count]) * g.inner;
      std::copy(from, from + g.inner, y + row * g.inner);
    }
  });
}

// Rows of dx may be named more than once, so the loop over them stays on one thread and in order.
template <class T>
void index_add_cpu(const IndexGeometry& g, const int64_t* index, const T* dy, T* dx) {
  for (int64_t row = 0; row < g.outer * g.count; ++row) {
    T* to = dx + (row / g.count * g.size + index[row % g.count]) * g.inner;
    for (int64_t i = 0; i < g.inner; ++i) {
      to[i] += dy[row * g.inner + i];
    }
  }
}

template <class T>
void gather_cpu(const IndexGeometry& g, const int64_t* index, const T* x, T* y) {
  const int64_t plane = g.count * g.inner;
  parallel_for(g.outer * plane, kElementGrain, [=](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      y[k] = x[(k / plane * g.size + index[k]) * g.inner + k % g.inner];
    }
  });
}

template <class T>
void gather_add_cpu(const IndexGeometry& g, const int64_t* index, const T* dy, T* dx) {
  const int64_t plane = g.count * g.inner;
  for (int64_t k = 0; k < g.outer * plane; ++k) {
    dx[(k / plane * g.size + index[k]) * g.inner + k % g.inner] += dy[k];
  }
}

template void index_select_cpu(const IndexGeometry&, const int64_t*, const bool*, bool*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const uint8_t*, uint8_t*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const Float16*, Float16*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const BFloat16*, BFloat16*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const float*, float*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const double*, double*);
template void index_add_cpu(const IndexGeometry&, const int64_t*, const float*, float*);
template void index_add_cpu(const IndexGeometry&, const int64_t*, const double*, double*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const bool*, bool*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const uint8_t*, uint8_t*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const Float16*, Float16*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const BFloat16*, BFloat16*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const float*, float*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const double*, double*);
template void gather_add_cpu(const IndexGeometry&, const int64_t*, const float*, float*);
template void gather_add_cpu(const IndexGeometry&, const int64_t*, const double*, double*);

}  // namespace helder::kernels
