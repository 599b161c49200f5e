#pragma once

#include <cstdint>

/// Kernels that put what device functions give where a test can see it; in collectives.cu. Pointers of the
/// device.
namespace helder::testing {

inline constexpr int kLanes = 32;
inline constexpr int kShuffles = 12;
inline constexpr int kVotes = 9;

/// Shuffles of value 100 + lane by one warp: out[shuffle * 32 + lane]. The halves of the warp call the last
/// one apart, with masks of their own.
void shuffles(int* out);
/// Votes and matches on x of one warp: out[vote * 32 + lane].
void votes(const int* x, unsigned* out);
/// Of a block of 96 threads: out[0, 96) = __syncthreads_and(x), then or, then count.
void block_votes(const int* x, int* out);
/// Each of `blocks` blocks of 64 threads adds i % 7 for its threads i, and takes extremes and a
/// compare-and-swap loop.
struct AtomicResults {
  int add;
  unsigned add_unsigned;
  unsigned long long add_wide;
  float add_float;
  double add_double;
  int largest, smallest;
  unsigned long long largest_wide;
  int swapped;    // by atomicCAS loops: the same as add
  unsigned ring;  // by atomicInc, modulo 10
  int exchanged;  // some thread's index
};
void atomics(int blocks, AtomicResults* results);

/// y[i] = 2 x[i] by float4, int2 and double2 accesses; n a multiple of 4.
void vectors(int n, const float* x, float* y);
/// y[i] = x[i] as a half, and as a bfloat16, both as floats again.
void halves(int n, const float* x, float* half, float* bfloat16);
/// Out[i] = product of x[0, rows * columns) with the weights in constant memory {1, 2, 3, 4}, by dynamic
/// shared memory.
void weighted_rows(int rows, const float* x, float* y);
void set_row_weights(const float* weights);  ///< of the host, [4]

/// D = A B + C on the matrix units, one warp. A [16, K], B [K, 8], C and D [16, 8], row-major.
void mma_tf32(const float* a, const float* b, const float* c, float* d);      // K = 8
void mma_bfloat16(const float* a, const float* b, const float* c, float* d);  // K = 16
void mma_float16(const float* a, const float* b, const float* c, float* d);   // K = 16

/// y[0, 64) = x[0, 64) by asynchronous copies of 4, 8 and 16 bytes, and zeros from `inside` on (a multiple of
/// 4).
void copy_asynchronously(int inside, const float* x, float* y);

/// x[i] += value, on a stream; for graphs.
void add_on(void* stream, int n, float value, float* x);

/// `rounds` barriers in each of `blocks` blocks of 256 threads.
void barriers(int blocks, int rounds, int* out);

}  // namespace helder::testing
