#pragma once

#include <cstdint>

namespace helder::kernels {

/// x is [batch, channels, inner], contiguous: inner counts the pixels of a plane. The channels of one picture
/// are divided into groups of neighbours, and each group of each picture is normalised by itself. With as
/// many groups as channels that is instance norm. weight and bias are [channels], mean and inverse_std
/// [batch, groups].
struct GroupNormGeometry {
  int64_t batch = 0;
  int64_t channels = 0;
  int64_t inner = 1;
  int64_t groups = 1;  ///< divides channels

  constexpr int64_t group_channels() const { return channels / groups; }
  constexpr int64_t count() const { return group_channels() * inner; }  ///< numbers that a mean is taken over
};

/// Statistics of each group g of each picture b, in two passes (the mean, then squares around it):
///
///   mean[b, g]        = sum of x / count
///   variance[b, g]    = sum of (x - mean)^2 / count       (may be null)
///   inverse_std[b, g] = 1 / sqrt(variance + eps)
///
/// Then y[b, c, i] = (x[b, c, i] - mean) inverse_std weight[c] + bias[c];  weight (1) and bias (0) may be
/// null.
template <class T>
void group_norm_forward_cpu(const GroupNormGeometry& g, double eps, const T* x, const T* weight,
                            const T* bias, T* mean, T* variance, T* inverse_std, T* y);
template <class T>
void group_norm_forward_cuda(const GroupNormGeometry& g, double eps, const T* x, const T* weight,
                             const T* bias, T* mean, T* variance, T* inverse_std, T* y);

/// With h = (x - mean) inverse_std and means over a group of a picture:
///
///   dx         = inverse_std (dy w - mean of dy w - h * mean of dy w h)
///   dweight[c] = sum over b and i of dy h
///   dbias[c]   = sum over b and i of dy
///
/// dx, dweight and dbias may each be null.
template <class T>
void group_norm_backward_cpu(const GroupNormGeometry& g, const T* x, const T* dy, const T* mean,
                             const T* inverse_std, const T* weight, T* dx, T* dweight, T* dbias);
template <class T>
void group_norm_backward_cuda(const GroupNormGeometry& g, const T* x, const T* dy, const T* mean,
                              const T* inverse_std, const T* weight, T* dx, T* dweight, T* dbias);

/// How instance norm keeps running statistics: with the mean over the batch of each picture's own, and the
/// variance divided by count - 1. mean and variance are [batch, channels] as above.
///
///   running_mean[c] += momentum (mean over b of mean[b, c] - running_mean[c])
///   running_var[c]  += momentum (mean over b of variance[b, c] count / (count - 1) - running_var[c])
///
/// No pictures or no pixels leave them as they are.
template <class T>
void instance_norm_running_cpu(const GroupNormGeometry& g, double momentum, const T* mean, const T* variance,
                               T* running_mean, T* running_var);
template <class T>
void instance_norm_running_cuda(const GroupNormGeometry& g, double momentum, const T* mean, const T* variance,
                                T* running_mean, T* running_var);

}  // namespace helder::kernels
