#pragma once

#include <cstdint>

namespace helder::kernels {

/// average = (1 - share) average + share value, on n elements, for a share in [0, 1]: as torch.lerp computes
/// it, from the nearer end.
template <class T>
void average_cpu(int64_t n, double share, const T* value, T* average);
template <class T>
void average_cuda(int64_t n, double share, const T* value, T* average);

}  // namespace helder::kernels
