#pragma once

#include <cstdint>

namespace helder::kernels {

/// x and y are [matrices, rows, columns]. Kept is what lies on the diagonal that begins `diagonal` columns to
/// the right of the main one, and below it when `lower`, else above it.
struct TriangleGeometry {
  int64_t matrices = 1, rows = 0, columns = 0;
  int64_t diagonal = 0;
  bool lower = true;
};

/// y[m, r, c] = x[m, r, c] where c - r <= diagonal (lower) or c - r >= diagonal (upper), else 0.
template <class T>
void triangle_cpu(const TriangleGeometry& g, const T* x, T* y);
template <class T>
void triangle_cuda(const TriangleGeometry& g, const T* x, T* y);

}  // namespace helder::kernels
