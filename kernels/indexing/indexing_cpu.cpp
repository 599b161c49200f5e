#include <algorithm>

#include "kernels/indexing/indexing.h"
#include "tensor/dtype.h"
#include "tensor/parallel.h"
#include "tensor/shape.h"

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
    if (index[i] < 0 || index[i] >= size) [[unlikely]] {
      fail_index(operation, index[i], i, size);
    }
  }
}

void fail_index(const char* operation, int64_t index, int64_t position, int64_t size) {
  fail("{}: index {} at position {} is out of range for a dimension of size {}", operation, index, position,
       size);
}

int64_t append_index_cpu(int64_t count, int64_t size, const int64_t* index, int64_t* positions) {
  for (int64_t k = 0; k < count; ++k) {
    const int64_t i = index[k] < 0 ? index[k] + size : index[k];
    if (i < 0 || i >= size) {
      return k;
    }
    positions[k] = positions[k] * size + i;
  }
  return -1;
}

namespace {

// Several indices may name the same element of y [outer, size, inner]. So y is cut, not the list of indices:
// body(o, begin, end) goes through all `count` of them in their order, and writes only to y[o, :,
// begin..end). Blocks share no element, and each element sees its summands in one order for any number of
// threads. When outer is 1 and inner is small there is one block, and one thread.
template <class Body>
void for_blocks_of_destination(const IndexGeometry& g, Body&& body) {
  constexpr int64_t kNarrowest = 16;  // elements: a cache line of floats is not shared by two threads
  if (g.outer * g.count * g.inner == 0) {
    return;
  }
  const int64_t width = std::clamp(kElementGrain / g.count, std::min(kNarrowest, g.inner), g.inner);
  const int64_t blocks = (g.inner + width - 1) / width;
  const int64_t grain = std::max<int64_t>(1, kElementGrain / (g.count * width));
  parallel_for(g.outer * blocks, grain, [&](int64_t first, int64_t last) {
    for (int64_t block = first; block < last; ++block) {
      const int64_t begin = block % blocks * width;
      body(block / blocks, begin, std::min(begin + width, g.inner));
    }
  });
}

}  // namespace

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

template <class T>
void index_add_cpu(const IndexGeometry& g, const int64_t* index, const T* dy, T* dx) {
  for_blocks_of_destination(g, [=](int64_t o, int64_t begin, int64_t end) {
    for (int64_t j = 0; j < g.count; ++j) {
      T* to = dx + (o * g.size + index[j]) * g.inner;
      const T* from = dy + (o * g.count + j) * g.inner;
      for (int64_t i = begin; i < end; ++i) {
        to[i] = static_cast<T>(to[i] + from[i]);
      }
    }
  });
}

template <class T>
void index_assign_cpu(const IndexGeometry& g, const int64_t* index, const T* x, T* y) {
  for_blocks_of_destination(g, [=](int64_t o, int64_t begin, int64_t end) {
    for (int64_t j = 0; j < g.count; ++j) {
      const T* from = x + (o * g.count + j) * g.inner;
      std::copy(from + begin, from + end, y + (o * g.size + index[j]) * g.inner + begin);
    }
  });
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
  for_blocks_of_destination(g, [=](int64_t o, int64_t begin, int64_t end) {
    for (int64_t j = 0; j < g.count; ++j) {
      const int64_t row = (o * g.count + j) * g.inner;
      for (int64_t i = begin; i < end; ++i) {
        T& to = dx[(o * g.size + index[row + i]) * g.inner + i];
        to = static_cast<T>(to + dy[row + i]);
      }
    }
  });
}

template <class T>
void scatter_cpu(const IndexGeometry& g, const int64_t* index, const T* x, T* y) {
  for_blocks_of_destination(g, [=](int64_t o, int64_t begin, int64_t end) {
    for (int64_t j = 0; j < g.count; ++j) {
      const int64_t row = (o * g.count + j) * g.inner;
      for (int64_t i = begin; i < end; ++i) {
        y[(o * g.size + index[row + i]) * g.inner + i] = x[row + i];
      }
    }
  });
}

template void index_select_cpu(const IndexGeometry&, const int64_t*, const bool*, bool*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const uint8_t*, uint8_t*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const Float16*, Float16*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const BFloat16*, BFloat16*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const float*, float*);
template void index_select_cpu(const IndexGeometry&, const int64_t*, const double*, double*);
template void index_assign_cpu(const IndexGeometry&, const int64_t*, const bool*, bool*);
template void index_assign_cpu(const IndexGeometry&, const int64_t*, const uint8_t*, uint8_t*);
template void index_assign_cpu(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void index_assign_cpu(const IndexGeometry&, const int64_t*, const Float16*, Float16*);
template void index_assign_cpu(const IndexGeometry&, const int64_t*, const BFloat16*, BFloat16*);
template void index_assign_cpu(const IndexGeometry&, const int64_t*, const float*, float*);
template void index_assign_cpu(const IndexGeometry&, const int64_t*, const double*, double*);
template void index_add_cpu(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void index_add_cpu(const IndexGeometry&, const int64_t*, const float*, float*);
template void index_add_cpu(const IndexGeometry&, const int64_t*, const double*, double*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const bool*, bool*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const uint8_t*, uint8_t*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const Float16*, Float16*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const BFloat16*, BFloat16*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const float*, float*);
template void gather_cpu(const IndexGeometry&, const int64_t*, const double*, double*);
template void scatter_cpu(const IndexGeometry&, const int64_t*, const bool*, bool*);
template void scatter_cpu(const IndexGeometry&, const int64_t*, const uint8_t*, uint8_t*);
template void scatter_cpu(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void scatter_cpu(const IndexGeometry&, const int64_t*, const Float16*, Float16*);
template void scatter_cpu(const IndexGeometry&, const int64_t*, const BFloat16*, BFloat16*);
template void scatter_cpu(const IndexGeometry&, const int64_t*, const float*, float*);
template void scatter_cpu(const IndexGeometry&, const int64_t*, const double*, double*);
template void gather_add_cpu(const IndexGeometry&, const int64_t*, const int64_t*, int64_t*);
template void gather_add_cpu(const IndexGeometry&, const int64_t*, const float*, float*);
template void gather_add_cpu(const IndexGeometry&, const int64_t*, const double*, double*);

}  // namespace helder::kernels
