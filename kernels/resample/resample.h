#pragma once

#include <span>

#include "kernels/resample/axis.h"

namespace helder::kernels {

/// y[p] = R x[p] C^T for each plane x[p] [rows.in, columns.in], with the matrices R of `rows` and C of
/// `columns`; y[p] is [rows.out, columns.out].
///
/// The gradient dx[p] = R^T dy[p] C is the same function of the transposed axes. On the GPU the axes, which
/// are small, are copied there, and each output is a double sum.
template <class T>
void resample_cpu(int64_t planes, const ResampleAxis<T>& rows, const ResampleAxis<T>& columns, const T* x,
                  T* y);
template <class T>
void resample_cuda(int64_t planes, const ResampleAxis<T>& rows, const ResampleAxis<T>& columns, const T* x,
                   T* y);

/// y[p, r, c] = x[p, rows[r], columns[c]], for planes x[p] [in_h, in_w]: the nearest neighbours.
template <class T>
void pick_pixels_cpu(int64_t planes, int64_t in_h, int64_t in_w, std::span<const int32_t> rows,
                     std::span<const int32_t> columns, const T* x, T* y);
template <class T>
void pick_pixels_cuda(int64_t planes, int64_t in_h, int64_t in_w, std::span<const int32_t> rows,
                      std::span<const int32_t> columns, const T* x, T* y);

}  // namespace helder::kernels
