#pragma once

#include <cstdint>

namespace helder::kernels {

/// x is [rows, n], contiguous; each row is normalised by itself. weight and bias are [n], mean and
/// inverse_std [rows].
struct LayerNormGeometry {
  int64_t rows = 0;
  int64_t n = 0;  ///< numbers in a row: the product of normalized_shape
};

/// Statistics of each row r, in two passes (the mean, then squares around it):
///
///   mean[r]        = sum of x / n
///   inverse_std[r] = 1 / sqrt(sum of (x - mean)^2 / n + eps)
///
/// Then y[r, j] = (x[r, j] - mean[r]) inverse_std[r] weight[j] + bias[j];  weight (1) and bias (0) may be
/// null. The row comes from memory once: the later passes find it in the cache, or on the GPU in registers.
template <class T>
void layer_norm_forward_cpu(const LayerNormGeometry& g, double eps, const T* x, const T* weight,
                            const T* bias, T* mean, T* inverse_std, T* y);
template <class T>
void layer_norm_forward_cuda(const LayerNormGeometry& g, double eps, const T* x, const T* weight,
                             const T* bias, T* mean, T* inverse_std, T* y);

/// With h = (x - mean) inverse_std and means over a row:
///
///   dx[r, j]   = inverse_std[r] (dy w - mean of dy w - h * mean of dy w h)
///   dweight[j] = sum over r of dy h
///   dbias[j]   = sum over r of dy
///
/// x and dy come from memory once (on the GPU twice, for dx and for the other two). Rows are added up in
/// chunks of fixed size and the chunks in their order: dweight and dbias have the same bits for any number of
/// threads. dx, dweight and dbias may each be null.
template <class T>
void layer_norm_backward_cpu(const LayerNormGeometry& g, const T* x, const T* dy, const T* mean,
                             const T* inverse_std, const T* weight, T* dx, T* dweight, T* dbias);
template <class T>
void layer_norm_backward_cuda(const LayerNormGeometry& g, const T* x, const T* dy, const T* mean,
                              const T* inverse_std, const T* weight, T* dx, T* dweight, T* dbias);

}  // namespace helder::kernels
