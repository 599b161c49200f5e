#include "tensor/cuda_built.h"

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT

#include "kernels/cuda/check.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "tensor/error.h"

namespace helder::kernels {

namespace {

std::string place(const Caller& caller) {
  std::string_view file = caller.file;
  file.remove_prefix(file.find_last_of('/') + 1);
  return fmt::format("{}:{}", file, caller.line);
}

}  // namespace

void check_cuda(cudaError_t error, std::string_view what, Caller caller) {
  check(error == cudaSuccess, "{}: {}: {}", place(caller), what, cudaGetErrorString(error));
}

void check_extents(std::string_view kernel, const std::array<unsigned, 3>& grid,
                   const std::array<unsigned, 3>& block, Caller caller) {
  const uint64_t threads = uint64_t(block[0]) * block[1] * block[2];
  const bool fits = grid[0] >= 1 && grid[1] >= 1 && grid[2] >= 1 && grid[0] <= 2147483647u &&
                    grid[1] <= 65535 && grid[2] <= 65535 && threads >= 1 && threads <= 1024 && block[2] <= 64;
  check(fits, "{}: {}: no GPU takes a grid of ({},{},{}) blocks of ({},{},{}) threads", place(caller), kernel,
        grid[0], grid[1], grid[2], block[0], block[1], block[2]);
}

int count_of(std::string_view kernel, int64_t n) {
  check(n < (int64_t{1} << 30), "{}: {} of something is more than the GPU's kernel counts", kernel, n);
  return static_cast<int>(n);
}

}  // namespace helder::kernels

#endif
