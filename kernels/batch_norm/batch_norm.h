#pragma once

#include <cstdint>

namespace helder::kernels {

/// x is [batch, channels, inner], contiguous: inner is 1 for [N, C], the pixels of a plane for [N, C, H, W].
struct BatchNormGeometry {
  int64_t batch = 0;
  int64_t channels = 0;
  int64_t inner = 1;

  constexpr int64_t count() const { return batch * inner; }  ///< numbers that a channel's mean is taken over
};

/// Statistics of each channel c over its count() numbers, in two passes (the mean, then squares around it):
///
///   mean[c]        = sum of x / count
///   inverse_std[c] = 1 / sqrt(sum of (x - mean)^2 / count + eps)
///
/// and, where they are not null, PyTorch's running statistics, whose variance is the unbiased one:
///
///   running_mean[c] += momentum (mean - running_mean[c])
///   running_var[c]  += momentum (sum of (x - mean)^2 / (count - 1) - running_var[c])
///
/// Then y[b, c, i] = (x[b, c, i] - mean[c]) inverse_std[c] weight[c] + bias[c];  weight (1) and bias (0) may
/// be null.
///
/// No batch or no pixels leave the running statistics as they are. count() is not 1.
template <class T>
void batch_norm_train_cpu(const BatchNormGeometry& g, double eps, double momentum, const T* x,
                          const T* weight, const T* bias, T* running_mean, T* running_var, T* mean,
                          T* inverse_std, T* y);
template <class T>
void batch_norm_train_cuda(const BatchNormGeometry& g, double eps, double momentum, const T* x,
                           const T* weight, const T* bias, T* running_mean, T* running_var, T* mean,
                           T* inverse_std, T* y);

/// The same y, from mean = running_mean and inverse_std = 1 / sqrt(running_var + eps), which are written as
/// well: backward must not see what a later training step makes of the running statistics.
template <class T>
void batch_norm_eval_cpu(const BatchNormGeometry& g, double eps, const T* x, const T* weight, const T* bias,
                         const T* running_mean, const T* running_var, T* mean, T* inverse_std, T* y);
template <class T>
void batch_norm_eval_cuda(const BatchNormGeometry& g, double eps, const T* x, const T* weight, const T* bias,
                          const T* running_mean, const T* running_var, T* mean, T* inverse_std, T* y);

/// With n = (x - mean) inverse_std and sums over a channel:
///
///   dweight[c] = sum of dy n
///   dbias[c]   = sum of dy
///   dx         = weight inverse_std (dy - dbias / count - n dweight / count)   when `training`, else
///   dx         = weight inverse_std dy                                         (mean and inverse_std are
///   constants)
///
/// dx, dweight and dbias may each be null.
template <class T>
void batch_norm_backward_cpu(const BatchNormGeometry& g, bool training, const T* x, const T* dy,
                             const T* mean, const T* inverse_std, const T* weight, T* dx, T* dweight,
                             T* dbias);
template <class T>
void batch_norm_backward_cuda(const BatchNormGeometry& g, bool training, const T* x, const T* dy,
                              const T* mean, const T* inverse_std, const T* weight, T* dx, T* dweight,
                              T* dbias);

}  // namespace helder::kernels
