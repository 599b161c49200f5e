#include "kernels/triangle/triangle.h"

#include "kernels/cuda/grid_stride.h"
#include "tensor/half.h"

namespace helder::kernels {
namespace {

// y = x where column - row <= diagonal (lower) or >= diagonal (upper), else 0; x, y [matrices, rows,
// columns].
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    triangle(TriangleGeometry g, const T* __restrict__ x, T* __restrict__ y) {
  for (int64_t i = grid_thread(); i < g.matrices * g.rows * g.columns; i += grid_threads()) {
    const int64_t distance = i % g.columns - i / g.columns % g.rows;
    const bool kept = g.lower ? distance <= g.diagonal : distance >= g.diagonal;
    y[i] = kept ? x[i] : T{};
  }
}

}  // namespace

template <class T>
void triangle_cuda(const TriangleGeometry& g, const T* x, T* y) {
  launch<triangle<T>>(grid_for(g.matrices * g.rows * g.columns), g, x, y);
}

template void triangle_cuda(const TriangleGeometry&, const bool*, bool*);
template void triangle_cuda(const TriangleGeometry&, const uint8_t*, uint8_t*);
template void triangle_cuda(const TriangleGeometry&, const int64_t*, int64_t*);
template void triangle_cuda(const TriangleGeometry&, const Float16*, Float16*);
template void triangle_cuda(const TriangleGeometry&, const BFloat16*, BFloat16*);
template void triangle_cuda(const TriangleGeometry&, const float*, float*);
template void triangle_cuda(const TriangleGeometry&, const double*, double*);

}  // namespace helder::kernels
