#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

#include "kernels/cuda/check.h"
#include "kernels/cuda/cuda.h"
#include "kernels/cuda/stream.h"

/// The one way to start a kernel, for both compilers:
///
///   launch<scale<float>>({.grid = blocks_for(n, 256), .block = 256}, x, y, n);
///
/// It queues on the current stream (tensor/cuda_stream.h) unless `stream` names another.
namespace helder::kernels {

struct Launch {
  dim3 grid = {};
  dim3 block = {};
  size_t shared = 0;  ///< bytes of dynamic shared memory
  cudaStream_t stream = stream_now();
  Caller caller = Caller::here();
};

/// As many parts of `size` as cover n; at least one, since a grid is not empty.
constexpr unsigned blocks_for(long long n, long long size) {
  return static_cast<unsigned>(n <= size ? 1 : (n + size - 1) / size);
}

namespace detail {

/// "softmax_rows<float>" of the compiler's name for name_of<softmax_rows<float>>.
template <auto Kernel>
constexpr std::string_view kernel_name() {
  std::string_view name = __PRETTY_FUNCTION__;
  const auto drop_to = [&name](std::string_view mark) {
    if (const size_t at = name.find(mark); at != name.npos) {
      name.remove_prefix(at + mark.size());
    }
  };
  drop_to("Kernel = ");
  if (const size_t end = name.find_first_of(";]"); end != name.npos) {
    name = name.substr(0, end);
  }
  if (name.starts_with("&")) {
    name.remove_prefix(1);
  }
  const size_t arguments = name.find('<');
  if (const size_t scope = name.substr(0, arguments).rfind("::"); scope != name.npos) {
    name.remove_prefix(scope + 2);
  }
  return name;
}

inline void check_launch(const Launch& l, std::string_view kernel) {
  check_extents(kernel, {l.grid.x, l.grid.y, l.grid.z}, {l.block.x, l.block.y, l.block.z}, l.caller);
}

template <auto Kernel, class... Parameters>
void launch_as(const Launch& launch, void (*)(Parameters...), std::type_identity_t<Parameters>... arguments) {
  constexpr std::string_view name = kernel_name<Kernel>();
  check_launch(launch, name);
#if HELDER_CUDA_SIMT
  const auto thread = [=] { Kernel(arguments...); };
  const simt::Grid grid = {launch.grid, launch.block, launch.shared, name};
  simt::enqueue(launch.stream, [=] {
    simt::run(
        grid, [](const void* call) { (*static_cast<const decltype(thread)*>(call))(); }, &thread);
  });
#else
  if (launch.shared > (48u << 10)) {
    const cudaError_t error =
        cudaFuncSetAttribute(reinterpret_cast<const void*>(Kernel),
                             cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(launch.shared));
    check_cuda(error, name, launch.caller);
  }
  void* pointers[] = {&arguments..., nullptr};
  check_cuda(cudaLaunchKernel(reinterpret_cast<const void*>(Kernel), launch.grid, launch.block, pointers,
                              launch.shared, launch.stream),
             name, launch.caller);
#endif
}

}  // namespace detail

/// Runs Kernel(arguments...) in every thread of the grid. Throws Error, with the kernel's name and the
/// caller's line, when the launch fails; under simt also when the kernel does (docs/simt.md).
template <auto Kernel, class... Arguments>
void launch(const Launch& launch, const Arguments&... arguments) {
  detail::launch_as<Kernel>(launch, Kernel, arguments...);
}

}  // namespace helder::kernels
