#pragma once

#include <cstdint>

namespace helder::kernels {

/// y[i] = x[i] / (1 - p) where element i is kept, else 0;  all 0 for p = 1. Forward and, with dy for x,
/// backward.
///
/// Element i is dropped when philox_word(seed, offset, i) < p 2^32: a pure function of its number, so the
/// mask need not be stored, and is the same for any number of threads. Uses the counters offset .. offset +
/// ceil(n / 4) - 1.
template <class T>
void dropout_cpu(int64_t n, double p, uint64_t seed, uint64_t offset, const T* x, T* y);
template <class T>
void dropout_cuda(int64_t n, double p, uint64_t seed, uint64_t offset, const T* x, T* y);

}  // namespace helder::kernels
