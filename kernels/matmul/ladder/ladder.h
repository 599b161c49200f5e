#pragma once

#include <cstdint>

/// The way from three loops to the matrix product that the library uses, one idea a rung. Each computes
///
///   C[m,n] = sum over k of A[m,k] B[k,n],   A [M,K], B [K,N], C [M,N], all row-major and contiguous
///
/// on one thread. The tests hold every rung against the next; `helder_bench --benchmark_filter=ladder` times
/// them.
///
///   01  naive             the definition
///   02  loop order        walk memory in the order in which it lies
///   03  cache blocking    use what is in the cache before it is gone
///   04  packing           lay each block out in the order in which it is read, and keep sums in registers
///   05  micro-kernel      a tile of vectors that fills the registers: tile.h, packing.h, panels.h
///   06  calling ahead     blocks for level 2 and level 1, and memory called for before it is needed:
///   blocks.h
///                         and ahead.h, which is matmul_cpu on one thread
///   07  threads           matmul_cpu
namespace helder::kernels::ladder {

template <class T>
void matmul_naive(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c);

template <class T>
void matmul_loop_order(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c);

template <class T>
void matmul_cache_blocking(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c);

template <class T>
void matmul_packing(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c);

template <class T>
void matmul_micro_kernel(int64_t M, int64_t N, int64_t K, const T* a, const T* b, T* c);

}  // namespace helder::kernels::ladder
