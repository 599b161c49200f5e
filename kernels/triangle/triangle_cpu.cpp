#include "kernels/triangle/triangle.h"

#include <algorithm>

#include "tensor/dtype.h"
#include "tensor/parallel.h"

namespace helder::kernels {

template <class T>
void triangle_cpu(const TriangleGeometry& g, const T* x, T* y) {
  const int64_t grain = std::max<int64_t>(1, kElementGrain / std::max<int64_t>(1, g.columns));
  parallel_for(g.matrices * g.rows, grain, [=](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t r = row % g.rows;
      const int64_t edge = std::clamp<int64_t>(r + g.diagonal + (g.lower ? 1 : 0), 0, g.columns);
      const int64_t first = g.lower ? 0 : edge, last = g.lower ? edge : g.columns;
      const T* from = x + row * g.columns;
      T* to = y + row * g.columns;
      std::fill(to, to + first, T{});
      std::copy(from + first, from + last, to + first);
      std::fill(to + last, to + g.columns, T{});
    }
  });
}

template void triangle_cpu(const TriangleGeometry&, const bool*, bool*);
template void triangle_cpu(const TriangleGeometry&, const uint8_t*, uint8_t*);
template void triangle_cpu(const TriangleGeometry&, const int64_t*, int64_t*);
template void triangle_cpu(const TriangleGeometry&, const Float16*, Float16*);
template void triangle_cpu(const TriangleGeometry&, const BFloat16*, BFloat16*);
template void triangle_cpu(const TriangleGeometry&, const float*, float*);
template void triangle_cpu(const TriangleGeometry&, const double*, double*);

}  // namespace helder::kernels
