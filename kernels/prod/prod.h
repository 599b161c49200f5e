#pragma once

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

/// y[o, i] = the product over k of x[o, k, i], multiplied in double (whole numbers as they are).
template <class T>
void prod_forward_cpu(const ReduceGeometry& g, const T* x, T* y);
template <class T>
void prod_forward_cuda(const ReduceGeometry& g, const T* x, T* y);

/// dx[o, k, i] = dy[o, i] times the product of all x[o, l, i] with l != k.
///
/// That product is taken as (those before k) (those behind k), not as y / x[o, k, i], which is 0 / 0 at a
/// zero: with one zero in a column only its own derivative is left, with two none is.
template <class T>
void prod_backward_cpu(const ReduceGeometry& g, const T* x, const T* dy, T* dx);
template <class T>
void prod_backward_cuda(const ReduceGeometry& g, const T* x, const T* dy, T* dx);

}  // namespace helder::kernels
