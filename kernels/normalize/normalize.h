#pragma once

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

// Division by the p-norm along the middle dimension of x [outer, n, inner], contiguous. y, dy and dx have the
// shape of x, norm is [outer, inner]. p is finite and not NaN.

/// norm[o, i] = (sum over k of |x[o, k, i]|^p)^(1/p);  for p = 0 the number of k with x not 0.
/// y[o, k, i] = x[o, k, i] / max(norm[o, i], eps).
template <class T>
void normalize_forward_cpu(const ReduceGeometry& g, double p, double eps, const T* x, T* norm, T* y);
template <class T>
void normalize_forward_cuda(const ReduceGeometry& g, double p, double eps, const T* x, T* norm, T* y);

/// Where norm < eps:  dx = dy / eps.  Elsewhere, with the sum over k and dnorm/dx = sign(x) (|x| /
/// norm)^(p-1), which is 0 where x is:
///
///   dx = (dy - dnorm/dx * sum of dy y) / norm
template <class T>
void normalize_backward_cpu(const ReduceGeometry& g, double p, double eps, const T* x, const T* norm,
                            const T* dy, T* dx);
template <class T>
void normalize_backward_cuda(const ReduceGeometry& g, double p, double eps, const T* x, const T* norm,
                             const T* dy, T* dx);

}  // namespace helder::kernels
