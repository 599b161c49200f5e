#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

namespace helder {
class Shape;
}

namespace helder::kernels {

template <class T>
constexpr bool is_nonzero(T x) {
  if constexpr (std::is_arithmetic_v<T>) {
    return x != T(0);
  } else {
    return static_cast<float>(x) != 0;
  }
}

/// For each chunk of kElementGrain elements of x [n] the number of elements before it that are not 0, and at
/// the end the number of all: where each chunk's thread begins to write.
template <class T>
std::vector<int64_t> nonzero_starts_cpu(int64_t n, const T* x);

/// The same for nonzero_chunks(n) chunks of another size: starts [nonzero_chunks(n) + 1], on the GPU. Returns
/// the number of all, and waits for it.
int64_t nonzero_chunks(int64_t n);
template <class T>
int64_t nonzero_starts_cuda(int64_t n, const T* x, int64_t* starts);

/// positions[m] = the flat position of the m-th element of x [n] that is not 0. NaN is not 0.
template <class T>
void nonzero_cpu(int64_t n, const T* x, const std::vector<int64_t>& starts, int64_t* positions);
template <class T>
void nonzero_cuda(int64_t n, const T* x, const int64_t* starts, int64_t* positions);

/// index[m, d] = the position along dimension d of element positions[m] of a contiguous tensor.
void unravel_cpu(const Shape& shape, int64_t count, const int64_t* positions, int64_t* index);
/// sizes[0 .. rank) are the shape's, on the CPU.
void unravel_cuda(int rank, const int64_t* sizes, int64_t count, const int64_t* positions, int64_t* index);

}  // namespace helder::kernels
