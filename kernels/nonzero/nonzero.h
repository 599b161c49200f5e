#pragma once

#include <cstdint>
#include <vector>

#include "tensor/shape.h"

namespace helder::kernels {

/// For each chunk of kElementGrain elements of x [n] the number of elements before it that are not 0, and at
/// the end the number of all: where each chunk's thread begins to write.
template <class T>
std::vector<int64_t> nonzero_starts_cpu(int64_t n, const T* x);

/// positions[m] = the flat position of the m-th element of x [n] that is not 0. NaN is not 0.
template <class T>
void nonzero_cpu(int64_t n, const T* x, const std::vector<int64_t>& starts, int64_t* positions);

/// index[m, d] = the position along dimension d of element positions[m] of a contiguous tensor.
void unravel_cpu(const Shape& shape, int64_t count, const int64_t* positions, int64_t* index);

}  // namespace helder::kernels
