#pragma once

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

/// y[o, k, i] = the sum of x[o, l, i] over l <= k, or over l >= k when `backwards`, in double (whole numbers
/// as they are). y may be x.
template <class T>
void cumsum_cpu(const ReduceGeometry& g, bool backwards, const T* x, T* y);
template <class T>
void cumsum_cuda(const ReduceGeometry& g, bool backwards, const T* x, T* y);

}  // namespace helder::kernels
