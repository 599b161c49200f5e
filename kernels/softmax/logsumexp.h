#pragma once

#include "kernels/reduce/reduce.h"

namespace helder::kernels {

/// y[o, i] = ln of the sum over k of e^x[o, k, i] = shift + ln total, where total[o, i] = the sum of
/// e^(x - shift), and shift[o, i] is the largest x, so that no power overflows. An infinite shift is replaced
/// by 0: then total is 0 or infinite, and so is its logarithm.
template <class T>
void logsumexp_cpu(const ReduceGeometry& g, const T* x, T* shift, T* total, T* y);
template <class T>
void logsumexp_cuda(const ReduceGeometry& g, const T* x, T* shift, T* total, T* y);

}  // namespace helder::kernels
