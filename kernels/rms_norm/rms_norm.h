#pragma once

#include "kernels/layer_norm/layer_norm.h"

namespace helder::kernels {

// Layer norm that takes the mean to be 0. The loops are layer norm's (kernels/layer_norm/rows.h,
// rows.cuh).

/// inverse_rms[r] = 1 / sqrt(sum of x^2 / n + eps),  y[r, j] = x[r, j] inverse_rms[r] weight[j].
/// weight (1) may be null.
template <class T>
void rms_norm_forward_cpu(const LayerNormGeometry& g, double eps, const T* x, const T* weight, T* inverse_rms,
                          T* y);
template <class T>
void rms_norm_forward_cuda(const LayerNormGeometry& g, double eps, const T* x, const T* weight,
                           T* inverse_rms, T* y);

/// With h = x inverse_rms and means over a row:
///
///   dx[r, j]   = inverse_rms[r] (dy w - h * mean of dy w h)
///   dweight[j] = sum over r of dy h
///
/// dx and dweight may each be null.
template <class T>
void rms_norm_backward_cpu(const LayerNormGeometry& g, const T* x, const T* dy, const T* inverse_rms,
                           const T* weight, T* dx, T* dweight);
template <class T>
void rms_norm_backward_cuda(const LayerNormGeometry& g, const T* x, const T* dy, const T* inverse_rms,
                            const T* weight, T* dx, T* dweight);

}  // namespace helder::kernels
