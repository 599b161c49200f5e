#include "tests/kernels/simt/collectives.h"

#include "kernels/cuda/cp_async.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/mma.h"

namespace helder::testing {

using kernels::blocks_for;
using kernels::check_cuda;
using kernels::launch;

namespace {

constexpr unsigned kAll = 0xffffffff;

__global__ void __launch_bounds__(32) shuffle_lanes(int* out) {
  const int lane = threadIdx.x, value = 100 + lane;
  int* to = out + lane;
  to[0 * 32] = __shfl_sync(kAll, value, 7);
  to[1 * 32] = __shfl_sync(kAll, value, (lane * 5) % 32);
  to[2 * 32] = __shfl_sync(kAll, value, 3, 8);
  to[3 * 32] = __shfl_up_sync(kAll, value, 1);
  to[4 * 32] = __shfl_up_sync(kAll, value, 5, 16);
  to[5 * 32] = __shfl_down_sync(kAll, value, 2);
  to[6 * 32] = __shfl_down_sync(kAll, value, 3, 4);
  to[7 * 32] = __shfl_xor_sync(kAll, value, 16);
  to[8 * 32] = __shfl_xor_sync(kAll, value, 5, 8);
  to[9 * 32] = static_cast<int>(__shfl_sync(kAll, 0.5 + value, 31 - lane));  // 8 bytes
  to[10 * 32] =
      static_cast<int>(__shfl_xor_sync(kAll, static_cast<unsigned long long>(value) << 40, 1) >> 40);
  if (lane < 16) {
    to[11 * 32] = __shfl_xor_sync(0x0000ffff, value, 1);
  } else {
    to[11 * 32] = __shfl_xor_sync(0xffff0000, value, 2);
  }
}

__global__ void __launch_bounds__(32) vote(const int* x, unsigned* out) {
  const int lane = threadIdx.x, mine = x[lane];
  unsigned* to = out + lane;
  to[0 * 32] = __ballot_sync(kAll, mine > 2);
  to[1 * 32] = __any_sync(kAll, mine == 3) != 0;
  to[2 * 32] = __any_sync(kAll, mine == 99) != 0;
  to[3 * 32] = __all_sync(kAll, mine >= 0) != 0;
  to[4 * 32] = __all_sync(kAll, mine > 0) != 0;
  to[5 * 32] = 0;
  if (lane % 2 == 0) {
    to[5 * 32] = __ballot_sync(0x55555555, mine > 2);
  }
#if HELDER_CUDA_SIMT || __CUDA_ARCH__ >= 700
  int all = 0;
  to[6 * 32] = __match_any_sync(kAll, mine);
  to[7 * 32] = __match_all_sync(kAll, mine, &all) + static_cast<unsigned>(all);
  to[8 * 32] = __match_all_sync(kAll, mine - mine, &all);
#endif
}

__global__ void __launch_bounds__(96) vote_in_block(const int* x, int* out) {
  const int i = threadIdx.x;
  out[i] = __syncthreads_and(x[i]) != 0;
  out[96 + i] = __syncthreads_or(x[i]) != 0;
  out[192 + i] = __syncthreads_count(x[i]);
}

__global__ void __launch_bounds__(64) update(AtomicResults* results) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x, value = i % 7;
  atomicAdd(&results->add, value);
  atomicAdd(&results->add_unsigned, static_cast<unsigned>(value));
  atomicAdd(&results->add_wide, static_cast<unsigned long long>(value) << 33);
  atomicAdd(&results->add_float, static_cast<float>(value));
  atomicAdd(&results->add_double, 0.25 * value);
  atomicMax(&results->largest, i % 1000);
  atomicMin(&results->smallest, -(i % 1000));
  atomicMax(&results->largest_wide, static_cast<unsigned long long>(i) << 33);
  int seen = results->swapped;
  for (int expected = seen + 1; seen != expected;) {
    expected = seen;
    seen = atomicCAS(&results->swapped, expected, expected + value);
  }
  atomicInc(&results->ring, 9);
  atomicExch(&results->exchanged, i);
}

__global__ void __launch_bounds__(64)
    double_by_vectors(int n, const float* __restrict__ x, float* __restrict__ y) {
  const int i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) {
    const float4 v = __ldg(reinterpret_cast<const float4*>(x + i));
    const int2 bits = make_int2(__float_as_int(2 * v.x), __float_as_int(2 * v.y));
    *reinterpret_cast<int2*>(y + i) = bits;
    const double2 wide = make_double2(2.0 * v.z, 2.0 * v.w);
    *reinterpret_cast<float2*>(y + i + 2) =
        make_float2(static_cast<float>(wide.x), static_cast<float>(wide.y));
  }
}

__global__ void __launch_bounds__(64)
    round_to_halves(int n, const float* x, float* half_out, float* bfloat16_out) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    half_out[i] = __half2float(__float2half_rn(x[i]));
    const __nv_bfloat162 pair = __floats2bfloat162_rn(x[i], x[i]);
    bfloat16_out[i] = __bfloat162float(pair.y);
  }
}

__constant__ float row_weights[4];

__global__ void __launch_bounds__(64) weigh_rows(int rows, const float* x, float* y) {
  auto all = dynamic_shared<float>();
  const SharedPointer<float> products = all + blockDim.x;  // the first part stays free
  const int i = threadIdx.x, row = i / 4;
  products[i] = row < rows ? x[i] * row_weights[i % 4] : 0;
  __syncthreads();
  if (i % 4 == 0 && row < rows) {
    const float4 four = *reinterpret_cast<const float4*>(plain(products + i));
    y[row] = four.x + four.y + four.z + four.w;
  }
}

// The matrix unit's layout is written out again here: the test is about it.
template <int K, class Pack, class Multiply>
__device__ __forceinline__ void mma_once(const float* a, const float* b, const float* c, float* d, Pack pack,
                                         Multiply multiply) {
  const int group = threadIdx.x / 4, t = threadIdx.x % 4;
  constexpr int pair = K / 8;  // elements of a register
  uint32_t ra[4], rb[2];
  for (int r = 0; r < 4; ++r) {
    ra[r] = pack(a + (group + r % 2 * 8) * K + pair * (t + r / 2 * 4), 1);
  }
  for (int r = 0; r < 2; ++r) {
    rb[r] = pack(b + pair * (t + r * 4) * 8 + group, 8);
  }
  float rc[4], rd[4];
  for (int r = 0; r < 4; ++r) {
    rc[r] = c[(group + r / 2 * 8) * 8 + 2 * t + r % 2];
  }
  multiply(rd, ra, rb, rc);
  for (int r = 0; r < 4; ++r) {
    d[(group + r / 2 * 8) * 8 + 2 * t + r % 2] = rd[r];
  }
}

struct PackTf32 {
  __device__ uint32_t operator()(const float* x, int) const { return kernels::to_tf32(x[0]); }
};
struct PackBfloat16 {
  __device__ uint32_t operator()(const float* x, int stride) const {
    const __nv_bfloat162 two = __floats2bfloat162_rn(x[0], x[stride]);
    uint32_t bits;
    memcpy(&bits, &two, 4);
    return bits;
  }
};
struct PackFloat16 {
  __device__ uint32_t operator()(const float* x, int stride) const {
    const __half2 two = __floats2half2_rn(x[0], x[stride]);
    uint32_t bits;
    memcpy(&bits, &two, 4);
    return bits;
  }
};
struct MultiplyTf32 {
  __device__ void operator()(float (&d)[4], uint32_t (&a)[4], uint32_t (&b)[2], float (&c)[4]) const {
    kernels::mma_m16n8k8_tf32(d, a, b, c);
  }
};
struct MultiplyBfloat16 {
  __device__ void operator()(float (&d)[4], uint32_t (&a)[4], uint32_t (&b)[2], float (&c)[4]) const {
    kernels::mma_m16n8k16_bf16(d, a, b, c);
  }
};
struct MultiplyFloat16 {
  __device__ void operator()(float (&d)[4], uint32_t (&a)[4], uint32_t (&b)[2], float (&c)[4]) const {
    kernels::mma_m16n8k16_f16(d, a, b, c);
  }
};

template <int K, class Pack, class Multiply>
__global__ void __launch_bounds__(32) mma(const float* a, const float* b, const float* c, float* d) {
  mma_once<K>(a, b, c, d, Pack(), Multiply());
}

__global__ void __launch_bounds__(32) copy_by_group(int inside, const float* x, float* y) {
  __shared__ Shared<float[64]> line;
  const int i = threadIdx.x;
  if (i < 4) {
    kernels::cp_async<16>(&line[4 * i], x + 4 * i, 4 * i < inside);
  }
  kernels::cp_async_commit();
  if (i < 8) {
    kernels::cp_async<8>(&line[16 + 2 * i], x + 16 + 2 * i, 16 + 2 * i < inside);
  }
  kernels::cp_async<4>(&line[32 + i], x + 32 + i, 32 + i < inside);
  kernels::cp_async_commit();
  kernels::cp_async_wait<1>();
  __syncthreads();
  if (i < 16) {
    y[i] = line[i];
  }
  kernels::cp_async_wait<0>();
  __syncthreads();
  for (int j = 16 + i; j < 64; j += 32) {
    y[j] = line[j];
  }
}

__global__ void __launch_bounds__(64) add(int n, float value, float* x) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) {
    x[i] += value;
  }
}

__global__ void __launch_bounds__(256) wait_often(int rounds, int* out) {
  for (int i = 0; i < rounds; ++i) {
    __syncthreads();
  }
  out[blockIdx.x * blockDim.x + threadIdx.x] = rounds;
}

}  // namespace

void shuffles(int* out) { launch<shuffle_lanes>({.block = 32}, out); }
void votes(const int* x, unsigned* out) { launch<vote>({.block = 32}, x, out); }
void block_votes(const int* x, int* out) { launch<vote_in_block>({.block = 96}, x, out); }
void atomics(int blocks, AtomicResults* results) {
  launch<update>({.grid = static_cast<unsigned>(blocks), .block = 64}, results);
}
void vectors(int n, const float* x, float* y) {
  launch<double_by_vectors>({.grid = blocks_for(n, 256), .block = 64}, n, x, y);
}
void halves(int n, const float* x, float* half_out, float* bfloat16_out) {
  launch<round_to_halves>({.grid = blocks_for(n, 64), .block = 64}, n, x, half_out, bfloat16_out);
}
void weighted_rows(int rows, const float* x, float* y) {
  launch<weigh_rows>({.block = 64, .shared = 128 * sizeof(float)}, rows, x, y);
}
void set_row_weights(const float* weights) {
  check_cuda(cudaMemcpyToSymbol(row_weights, weights, sizeof(row_weights)), "cudaMemcpyToSymbol");
}
void mma_tf32(const float* a, const float* b, const float* c, float* d) {
  launch<mma<8, PackTf32, MultiplyTf32>>({.block = 32}, a, b, c, d);
}
void mma_bfloat16(const float* a, const float* b, const float* c, float* d) {
  launch<mma<16, PackBfloat16, MultiplyBfloat16>>({.block = 32}, a, b, c, d);
}
void mma_float16(const float* a, const float* b, const float* c, float* d) {
  launch<mma<16, PackFloat16, MultiplyFloat16>>({.block = 32}, a, b, c, d);
}
void copy_asynchronously(int inside, const float* x, float* y) {
  launch<copy_by_group>({.block = 32}, inside, x, y);
}
void add_on(void* stream, int n, float value, float* x) {
  launch<add>({.grid = blocks_for(n, 64), .block = 64, .stream = static_cast<cudaStream_t>(stream)}, n, value,
              x);
}
void barriers(int blocks, int rounds, int* out) {
  launch<wait_often>({.grid = static_cast<unsigned>(blocks), .block = 256}, rounds, out);
}

}  // namespace helder::testing
