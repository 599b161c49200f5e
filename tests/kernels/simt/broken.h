#pragma once

/// Kernels with the mistakes that simt is there to find; in broken.cu, which nvcc compiles as well but nobody
/// runs.
namespace helder::testing {

void missing_barrier(int threads, const float* x, float* y);  ///< y[i] = x[n-1-i]
void missing_second_barrier(const float* x, float* y);        ///< a reader, then a writer
void missing_warp_barrier(const float* x, float* y);
void divergent_barrier(float* y);
void two_barriers(float* y);
void return_before_barrier(int n, float* y);
void barrier_before_return(int n, float* y);
void past_shared(int index, float* y);
void past_row(int index, float* y);
void past_dynamic_shared(int index, float* y);
void too_much_shared(float* y);
void two_in_a_line(float* y);
void mask_without_caller(float* y);
void mask_with_absent_lane(float* y);
void mask_with_lane_that_left(float* y);
void lane_leaves(float* y);
void two_masks(float* y);
void read_from_outside_the_mask(float* y);
void warp_against_block(float* y);
void blocks_fail(int from, float* y);  ///< blocks from `from` on
void too_many_threads(float* y);

}  // namespace helder::testing
