#include "kernels/nonzero/nonzero.h"

#include "kernels/cuda/block_reduce.cuh"
#include "kernels/cuda/grid_stride.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/strided_index.h"
#include "tensor/cuda_memory.h"
#include "tensor/half.h"

namespace helder::kernels {
namespace {

// Elements to a block: each thread sees one in kBlockThreads of them.
constexpr int64_t kChunk = 8 * kBlockThreads;

// The sum of the values of the threads before this one in the block, and in `total` that of all.
__device__ int64_t block_sum_before(int64_t value, int64_t& total) {
  __shared__ Shared<int64_t[32]> of_warp;
  const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  int64_t upto = value;
  for (unsigned distance = 1; distance < 32; distance *= 2) {
    const int64_t before = __shfl_up_sync(kWholeWarp, upto, distance);
    upto += lane >= distance ? before : 0;
  }
  if (lane == 31) {
    of_warp[warp] = upto;
  }
  __syncthreads();
  int64_t sum = 0, before_warp = 0;
  for (unsigned w = 0; w < blockDim.x / 32; ++w) {
    before_warp += w == warp ? sum : 0;
    sum += of_warp[w];
  }
  __syncthreads();  // or the next call would write over what somebody still reads
  total = sum;
  return before_warp + upto - value;
}

// starts[c + 1] = how many elements of chunk c of x [n] are not 0. A block a chunk.
template <class T>
__global__ void __launch_bounds__(kBlockThreads) count_chunks(int64_t n, const T* x, int64_t* starts) {
  const int64_t begin = blockIdx.x * kChunk;
  const int64_t end = min(n, begin + kChunk);
  int64_t count = 0;
  for (int64_t i = begin + threadIdx.x; i < end; i += blockDim.x) {
    count += is_nonzero(x[i]);
  }
  count = block_sum(count);
  if (threadIdx.x == 0) {
    starts[blockIdx.x + 1] = count;
  }
}

// starts[c] += starts[c - 1] for c = 1 .. chunks, starts[0] = 0. One block.
__global__ void __launch_bounds__(kBlockThreads) add_up_chunks(int64_t chunks, int64_t* starts) {
  int64_t sum = 0;
  for (int64_t begin = 1; begin <= chunks; begin += blockDim.x) {
    const int64_t chunk = begin + threadIdx.x;
    const int64_t count = chunk <= chunks ? starts[chunk] : 0;
    int64_t total;
    const int64_t before = block_sum_before(count, total);
    if (chunk <= chunks) {
      starts[chunk] = sum + before + count;
    }
    sum += total;
  }
  if (threadIdx.x == 0) {
    starts[0] = 0;
  }
}

// positions[starts[c] + m] = the m-th position in chunk c of x [n] whose element is not 0. A block a chunk.
template <class T>
__global__ void __launch_bounds__(kBlockThreads)
    write_positions(int64_t n, const T* x, const int64_t* starts, int64_t* positions) {
  int64_t* to = positions + starts[blockIdx.x];
  for (int64_t part = 0; part < kChunk; part += blockDim.x) {
    const int64_t i = blockIdx.x * kChunk + part + threadIdx.x;
    const bool found = i < n && is_nonzero(x[i]);
    int64_t total;
    const int64_t before = block_sum_before(found, total);
    if (found) {
      to[before] = i;
    }
    to += total;
  }
}

// index[m, d] = the position along dimension d of element positions[m].
__global__ void __launch_bounds__(kBlockThreads)
    unravel(StridedIndex<1> shape, int64_t count, const int64_t* positions, int64_t* index) {
  for (int64_t m = grid_thread(); m < count; m += grid_threads()) {
    int64_t rest = positions[m];
    for (int d = shape.rank - 1; d >= 0; --d) {
      index[m * shape.rank + d] = rest % shape.sizes[d];
      rest /= shape.sizes[d];
    }
  }
}

}  // namespace

int64_t nonzero_chunks(int64_t n) { return (n + kChunk - 1) / kChunk; }

template <class T>
int64_t nonzero_starts_cuda(int64_t n, const T* x, int64_t* starts) {
  const int64_t chunks = nonzero_chunks(n);
  if (chunks > 0) {
    launch<count_chunks<T>>({.grid = static_cast<unsigned>(chunks), .block = kBlockThreads}, n, x, starts);
  }
  launch<add_up_chunks>({.grid = 1, .block = kBlockThreads}, chunks, starts);
  int64_t count = 0;
  cuda::copy_to_cpu(&count, starts + chunks, sizeof(count));
  return count;
}

template <class T>
void nonzero_cuda(int64_t n, const T* x, const int64_t* starts, int64_t* positions) {
  if (const int64_t chunks = nonzero_chunks(n); chunks > 0) {
    launch<write_positions<T>>({.grid = static_cast<unsigned>(chunks), .block = kBlockThreads}, n, x, starts,
                               positions);
  }
}

void unravel_cuda(int rank, const int64_t* sizes, int64_t count, const int64_t* positions, int64_t* index) {
  StridedIndex<1> shape;
  shape.rank = rank;
  for (int d = 0; d < rank; ++d) {
    shape.sizes[d] = sizes[d];
  }
  launch<unravel>(grid_for(count), shape, count, positions, index);
}

template int64_t nonzero_starts_cuda(int64_t, const bool*, int64_t*);
template int64_t nonzero_starts_cuda(int64_t, const uint8_t*, int64_t*);
template int64_t nonzero_starts_cuda(int64_t, const int64_t*, int64_t*);
template int64_t nonzero_starts_cuda(int64_t, const Float16*, int64_t*);
template int64_t nonzero_starts_cuda(int64_t, const BFloat16*, int64_t*);
template int64_t nonzero_starts_cuda(int64_t, const float*, int64_t*);
template int64_t nonzero_starts_cuda(int64_t, const double*, int64_t*);
template void nonzero_cuda(int64_t, const bool*, const int64_t*, int64_t*);
template void nonzero_cuda(int64_t, const uint8_t*, const int64_t*, int64_t*);
template void nonzero_cuda(int64_t, const int64_t*, const int64_t*, int64_t*);
template void nonzero_cuda(int64_t, const Float16*, const int64_t*, int64_t*);
template void nonzero_cuda(int64_t, const BFloat16*, const int64_t*, int64_t*);
template void nonzero_cuda(int64_t, const float*, const int64_t*, int64_t*);
template void nonzero_cuda(int64_t, const double*, const int64_t*, int64_t*);

}  // namespace helder::kernels
