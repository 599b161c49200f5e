#pragma once

#include <cstdint>

/// Kernels that the tests run, with what launches them; in kernels.cu, so that both compilers read them.
namespace helder::testing {

/// C[m,n] = sum over k of A[m,k] B[k,n], by blocks of 16 x 16 threads with tiles in shared memory. Pointers
/// of the device.
void matmul_tiles(int M, int N, int K, const float* a, const float* b, float* c);

/// *sum = sum of x[0, n), by shuffles, shared memory and one atomic a block.
void sum(int n, const float* x, float* sum);

}  // namespace helder::testing
