// Barriers of CUDA kernels on this processor: how fast the fibers of kernels/simt take turns.
//
//   ./helder bench simt

#include "tensor/cuda_built.h"

#if HELDER_CUDA_SIMT

#include <benchmark/benchmark.h>

#include <vector>

#include "kernels/cuda/launch.h"

namespace helder::bench {
namespace {

using kernels::launch;

__global__ void __launch_bounds__(1024) wait_often(int rounds, int* out) {
  for (int i = 0; i < rounds; ++i) {
    __syncthreads();
  }
  out[blockIdx.x * blockDim.x + threadIdx.x] = rounds;
}

__global__ void __launch_bounds__(1024) shuffle_often(int rounds, int* out) {
  int value = static_cast<int>(threadIdx.x);
  for (int i = 0; i < rounds; ++i) {
    value = __shfl_xor_sync(0xffffffff, value, 1);
  }
  out[blockIdx.x * blockDim.x + threadIdx.x] = value;
}

__global__ void __launch_bounds__(1024) do_nothing(int, int* out) {
  out[blockIdx.x * blockDim.x + threadIdx.x] = 1;
}

// items_per_second: threads times rounds.
template <auto Kernel>
void run(benchmark::State& state) {
  const unsigned blocks = 64, threads = static_cast<unsigned>(state.range(0));
  const int rounds = 64;
  std::vector<int> out(blocks * threads);
  for (auto _ : state) {
    launch<Kernel>({.grid = blocks, .block = threads}, rounds, out.data());
  }
  state.SetItemsProcessed(state.iterations() * blocks * threads * rounds);
}
BENCHMARK(run<wait_often>)->Name("simt/helder/thread-barriers")->Arg(32)->Arg(256)->Arg(1024)->UseRealTime();
BENCHMARK(run<shuffle_often>)
    ->Name("simt/helder/thread-shuffles")
    ->Arg(32)
    ->Arg(256)
    ->Arg(1024)
    ->UseRealTime();
BENCHMARK(run<do_nothing>)->Name("simt/helder/64 empty threads")->Arg(256)->UseRealTime();

}  // namespace
}  // namespace helder::bench

#endif
