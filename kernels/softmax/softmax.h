#pragma once

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

// Softmax over the middle dimension of x [outer, n, inner], contiguous. y, dy and dx have the shape of x.

/// y[o, k, i] = exp(x[o, k, i] - m) / sum over k of exp(x[o, k, i] - m),  m = max over k of x[o, k, i].
///
/// Subtracting the maximum changes nothing but keeps every exponential within [0, 1].
template <class T>
void softmax_forward_cpu(const ReduceGeometry& g, const T* x, T* y);
template <class T>
void softmax_forward_cuda(const ReduceGeometry& g, const T* x, T* y);

/// dx[o, k, i] = y[o, k, i] (dy[o, k, i] - sum over k of dy[o, k, i] y[o, k, i]).
template <class T>
void softmax_backward_cpu(const ReduceGeometry& g, const T* y, const T* dy, T* dx);
template <class T>
void softmax_backward_cuda(const ReduceGeometry& g, const T* y, const T* dy, T* dx);

/// y[o, k, i] = x[o, k, i] - m - log(sum over k of exp(x[o, k, i] - m)).
template <class T>
void log_softmax_forward_cpu(const ReduceGeometry& g, const T* x, T* y);
template <class T>
void log_softmax_forward_cuda(const ReduceGeometry& g, const T* x, T* y);

/// dx[o, k, i] = dy[o, k, i] - exp(y[o, k, i]) sum over k of dy[o, k, i].
template <class T>
void log_softmax_backward_cpu(const ReduceGeometry& g, const T* y, const T* dy, T* dx);
template <class T>
void log_softmax_backward_cuda(const ReduceGeometry& g, const T* y, const T* dy, T* dx);

}  // namespace helder::kernels
