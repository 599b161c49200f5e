#pragma once

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

/// What both directions read: logits x and target distributions t [outer, n classes, inner], weights [n] or
/// null for 1.
template <class T>
struct SoftCrossEntropy {
  ReduceGeometry g;
  T smoothing;
  const T *x, *t, *weight;
};

/// With q[k] = ((1 - s) t[o, k, i] + s/n) weight[k] and log p[k] = x[o, k, i] - maximum[o, i] - log_total[o,
/// i]:
///
///   loss[o, i] = - sum over k of q[k] log p[k]
///
/// maximum and log_total [outer, inner], as in cross_entropy.h, are kept for backward.
template <class T>
void soft_cross_entropy_forward_cpu(const SoftCrossEntropy<T>& s, T* maximum, T* log_total, T* loss);
template <class T>
void soft_cross_entropy_forward_cuda(const SoftCrossEntropy<T>& s, T* maximum, T* log_total, T* loss);

/// dx[o, k, i] = scale dloss[o, i] ((sum of q) p[k] - q[k]).  dloss [outer, inner] or, with `one_dloss`, a
/// single number.
template <class T>
void soft_cross_entropy_backward_x_cpu(const SoftCrossEntropy<T>& s, const T* maximum, const T* log_total,
                                       const T* dloss, bool one_dloss, double scale, T* dx);
template <class T>
void soft_cross_entropy_backward_x_cuda(const SoftCrossEntropy<T>& s, const T* maximum, const T* log_total,
                                        const T* dloss, bool one_dloss, double scale, T* dx);

/// dt[o, k, i] = -scale dloss[o, i] (1 - s) weight[k] log p[k].
template <class T>
void soft_cross_entropy_backward_target_cpu(const SoftCrossEntropy<T>& s, const T* maximum,
                                            const T* log_total, const T* dloss, bool one_dloss, double scale,
                                            T* dt);
template <class T>
void soft_cross_entropy_backward_target_cuda(const SoftCrossEntropy<T>& s, const T* maximum,
                                             const T* log_total, const T* dloss, bool one_dloss, double scale,
                                             T* dt);

}  // namespace helder::kernels
