#pragma once

#include <cstdint>

namespace helder::kernels {

/// counts[b] += how many index[i] are b, for i < n.
void bincount_cpu(int64_t n, const int64_t* index, int64_t* counts);
void bincount_cuda(int64_t n, const int64_t* index, int64_t* counts);

/// sums[b] += the sum of weights[i] where index[i] is b, in the order of i.
template <class T>
void weighted_bincount_cpu(int64_t n, const int64_t* index, const T* weights, T* sums);
template <class T>
void weighted_bincount_cuda(int64_t n, const int64_t* index, const T* weights, T* sums);

}  // namespace helder::kernels
