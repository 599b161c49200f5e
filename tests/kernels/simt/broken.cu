#include "tests/kernels/simt/broken.h"

#include "kernels/cuda/launch.h"

// The comments mark lines for broken_test.cpp, which has the messages that name them.
// nvcc warns of shared memory that is only written, hence [[maybe_unused]].
namespace helder::testing {

using kernels::launch;

namespace {

__global__ void __launch_bounds__(64) reverse(const float* x, float* y) {
  __shared__ Shared<float[64]> line;
  const int i = threadIdx.x, n = blockDim.x;
  line[i] = x[i];          // mark: write
  y[i] = line[n - 1 - i];  // mark: read
}

__global__ void __launch_bounds__(64) shift(const float* x, float* y) {
  __shared__ Shared<float[64]> line;
  const int i = threadIdx.x;
  line[i] = x[i];
  __syncthreads();
  const float next = line[(i + 1) % 64];  // mark: read before
  line[i] = next;                         // mark: write after
  __syncthreads();
  y[i] = line[i];
}

__global__ void __launch_bounds__(64) shift_in_warp(const float* x, float* y) {
  __shared__ Shared<float[64]> line;
  const int i = threadIdx.x, other = i / 32 * 32 + (i + 1) % 32;
  line[i] = x[i];
  __syncwarp();
  const float next = line[other];  // mark: ordered
  y[i] = next;
  line[i] = next;  // mark: not ordered
}

__global__ void __launch_bounds__(64) diverge(float* y) {
  if (threadIdx.y == 0) {
    __syncthreads();  // mark: divergent
  }
  y[threadIdx.x] = 1;
}

__global__ void __launch_bounds__(64) diverge_in_two(float* y) {
  if (threadIdx.x < 40) {
    __syncthreads();  // mark: one barrier
  } else {
    __syncthreads();  // mark: other barrier
  }
  y[threadIdx.x] = 1;
}

__global__ void __launch_bounds__(64) leave_early(int n, float* y) {
  const int i = threadIdx.x;
  if (n < 0 ? i < -n : i >= n) {
    return;
  }
  __syncthreads();  // mark: early
  y[i] = 1;
}

__global__ void __launch_bounds__(32) read_past(int index, float* y) {
  __shared__ Shared<float[32]> line;
  line[threadIdx.x] = 1;
  __syncthreads();
  y[threadIdx.x] = line[threadIdx.x == 5 ? index : 0];  // mark: past
}

__global__ void __launch_bounds__(32) write_past_row(int index, float* y) {
  [[maybe_unused]] __shared__ Shared<int[4][8]> rows;
  rows[threadIdx.x / 8][threadIdx.x == 9 ? index : 1] = 1;  // mark: past row
  y[threadIdx.x] = 1;
}

__global__ void __launch_bounds__(32) read_past_dynamic(int index, float* y) {
  const SharedPointer<float> all = dynamic_shared<float>();
  const SharedPointer<float> second = all + 32;
  second[threadIdx.x] = 1;
  y[threadIdx.x] = second[index];  // mark: past dynamic
}

#if HELDER_CUDA_SIMT  // nvcc would not have it
__global__ void __launch_bounds__(32) declare_much(float* y) {
  __shared__ Shared<double[4000]> first;
  __shared__ Shared<double[4000]> second;  // mark: much
  first[0] = 1;
  second[0] = 1;
  y[0] = 1;
}
#else
__global__ void declare_much(float*) {}
#endif

__global__ void __launch_bounds__(32) declare_two(float* y) {
  [[maybe_unused]] __shared__ Shared<float[32]> first, second;  // mark: two
  first[0] = 1;
  second[0] = 2;
  y[0] = first[0];
}

__global__ void __launch_bounds__(32) shuffle_without_caller(float* y) {
  y[threadIdx.x] = __shfl_sync(0x0000ffff, 1.0f, 0);  // mark: without
}

__global__ void __launch_bounds__(32) shuffle_with_absent(float* y) {
  y[threadIdx.x] = __shfl_xor_sync(0xffffffff, 1.0f, 1);  // mark: absent
}

__global__ void __launch_bounds__(32) shuffle_after_leaving(float* y) {
  if (threadIdx.x >= 3) {
    y[threadIdx.x] = __shfl_down_sync(0xffffffff, 1.0f, 1);  // mark: left
  }
}

__global__ void __launch_bounds__(32) leave_before_shuffle(float* y) {
  if (threadIdx.x < 20) {
    y[threadIdx.x] = __shfl_up_sync(0xffffffff, 1.0f, 1);  // mark: leaves
  }
}

__global__ void __launch_bounds__(32) shuffle_with_two_masks(float* y) {
  const unsigned mask = threadIdx.x < 16 ? 0xffffffff : 0xffff0000;
  y[threadIdx.x] = __shfl_sync(mask, 1.0f, 16);  // mark: masks
}

__global__ void __launch_bounds__(32) shuffle_from_outside(float* y) {
  if (threadIdx.x < 16) {
    y[threadIdx.x] = __shfl_sync(0x0000ffff, 1.0f, 20);  // mark: outside
  }
}

__global__ void __launch_bounds__(64) wait_for_each_other(float* y) {
  if (threadIdx.x == 0) {
    __syncthreads();  // mark: block waits
  }
  y[threadIdx.x] = __shfl_sync(0xffffffff, 1.0f, 0);  // mark: warp waits
  __syncthreads();
}

__global__ void __launch_bounds__(32) fail_from_block(int from, float* y) {
  [[maybe_unused]] __shared__ Shared<float[32]> line;
  line[threadIdx.x] = 0;
  const int block = blockIdx.x + gridDim.x * blockIdx.y;
  line[block >= from ? 32 : 0] = 1;  // mark: block
  y[threadIdx.x] = 0;
}

}  // namespace

void missing_barrier(int threads, const float* x, float* y) {
  launch<reverse>({.block = static_cast<unsigned>(threads)}, x, y);
}
void missing_second_barrier(const float* x, float* y) { launch<shift>({.block = 64}, x, y); }
void missing_warp_barrier(const float* x, float* y) { launch<shift_in_warp>({.block = 64}, x, y); }
void divergent_barrier(float* y) { launch<diverge>({.block = {32, 2}}, y); }
void two_barriers(float* y) { launch<diverge_in_two>({.block = 64}, y); }
void return_before_barrier(int n, float* y) { launch<leave_early>({.block = 64}, -n, y); }
void barrier_before_return(int n, float* y) { launch<leave_early>({.block = 64}, n, y); }
void past_shared(int index, float* y) { launch<read_past>({.block = 32}, index, y); }
void past_row(int index, float* y) { launch<write_past_row>({.block = 32}, index, y); }
void past_dynamic_shared(int index, float* y) {
  launch<read_past_dynamic>({.block = 32, .shared = 64 * sizeof(float)}, index, y);
}
void too_much_shared(float* y) { launch<declare_much>({.block = 32}, y); }
void two_in_a_line(float* y) { launch<declare_two>({.block = 32}, y); }
void mask_without_caller(float* y) { launch<shuffle_without_caller>({.block = 32}, y); }
void mask_with_absent_lane(float* y) { launch<shuffle_with_absent>({.block = 24}, y); }
void mask_with_lane_that_left(float* y) { launch<shuffle_after_leaving>({.block = 32}, y); }
void lane_leaves(float* y) { launch<leave_before_shuffle>({.block = 32}, y); }
void two_masks(float* y) { launch<shuffle_with_two_masks>({.block = 32}, y); }
void read_from_outside_the_mask(float* y) { launch<shuffle_from_outside>({.block = 32}, y); }
void warp_against_block(float* y) { launch<wait_for_each_other>({.block = 32}, y); }
void blocks_fail(int from, float* y) { launch<fail_from_block>({.grid = {10, 10}, .block = 32}, from, y); }
void too_many_threads(float* y) { launch<diverge>({.block = {32, 33}}, y); }  // mark: launch

}  // namespace helder::testing
