// A program to stop in: debugger_test.cpp runs it under gdb, inside of its kernel.

#include <cstdio>

#include "kernels/cuda/launch.h"

using namespace helder;

namespace {

// y[i] = x[n-1-i] in each block of n threads
__global__ void __launch_bounds__(32) reverse(const float* x, float* y) {
  __shared__ Shared<float[32]> tile;
  const int i = threadIdx.x, first = blockIdx.x * blockDim.x;
  tile[i] = x[first + i];
  __syncthreads();
  y[first + i] = tile[31 - i];  // mark: stop
}

}  // namespace

int main() {
  float *x, *y;
  if (cudaMalloc(&x, 96 * sizeof(float)) != cudaSuccess ||
      cudaMalloc(&y, 96 * sizeof(float)) != cudaSuccess) {
    return 1;
  }
  for (int i = 0; i < 96; ++i) {
    x[i] = static_cast<float>(i);
  }
  kernels::launch<reverse>({.grid = 3, .block = 32}, x, y);
  std::printf("y[0] = %g\n", static_cast<double>(y[0]));
  cudaFree(x);
  cudaFree(y);
}
