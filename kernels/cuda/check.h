#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "tensor/cuda_runtime.h"

namespace helder::kernels {

/// A line of the caller, as a default argument.
struct Caller {
  const char* file;
  int line;

  static constexpr Caller here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

/// Throws Error unless `error` is cudaSuccess: "matmul_cuda.cu:81: cudaMemcpyAsync: invalid argument".
void check_cuda(cudaError_t error, std::string_view what, Caller caller = Caller::here());

/// Throws Error unless every GPU takes a grid and blocks of these extents.
void check_extents(std::string_view kernel, const std::array<unsigned, 3>& grid,
                   const std::array<unsigned, 3>& block, Caller caller);

/// n as an int, for kernels that count with 32 bits. Throws Error where it is 2^30 or more.
int count_of(std::string_view kernel, int64_t n);

}  // namespace helder::kernels
