#pragma once

#include <cstdint>

/// The way from one thread an element to the product that the library runs on a GPU, one idea a rung; the
/// ladder of the CPU is in ../ladder/. Each computes
///
///   C[m,n] = sum over k of A[m,k] B[k,n],   A [M,K], B [K,N], C [M,N], all row-major, contiguous, on the
///   device
///
///   01  naive          a thread an element; neighbouring threads in different rows
///   02  coalesced      neighbouring threads in one row: a warp reads whole lines
///   03  shared tile    a block brings tiles of A and B into shared memory, and uses each number 32 times
///   04  register tile  a thread has 4 x 4 elements: 16 multiply-adds for 8 reads of shared memory
///   05  vectorised     16 bytes at a time, from memory and from shared memory; A transposed on the way
///   06  warp tile      matmul_cuda: 8 x 8 elements a thread, tiles for warps, the next slice on its way
///   meanwhile 07  matrix units   matmul_cuda with ProductPrecision::Tf32 and BFloat16
namespace helder::kernels::ladder {

void cuda_naive(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c);
void cuda_coalesced(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c);
void cuda_shared_tile(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c);
void cuda_register_tile(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c);
void cuda_vectorised(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c);

}  // namespace helder::kernels::ladder
