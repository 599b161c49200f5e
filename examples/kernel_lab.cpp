// A rung of the ladder of matrix products, held against the definition, then timed; all rungs without a
// number

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "autograd/ops/matmul.h"
#include "examples/common/command_line.h"
#include "examples/common/device_flag.h"
#include "kernels/matmul/ladder/ladder.h"
#include "kernels/matmul/matmul.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT
#include "kernels/matmul/ladder_cuda/ladder_cuda.h"
#endif

using namespace helder;

namespace {

struct Options {
  std::string family = "matmul";
  int rung = 0;
  int64_t size = 0;
  Device device = Device::Cpu;
  int threads = 0;
};

/// C = A B, all [size, size], float32.
struct Rung {
  std::string name;
  std::function<void(int64_t size, const float* a, const float* b, float* c)> multiply;
  double tolerance = 1e-5;  // of the largest element
};

std::vector<Rung> cpu_rungs() {
  using namespace kernels::ladder;
  const auto rung = [](auto* function) {
    return [=](int64_t n, const float* a, const float* b, float* c) { function(n, n, n, a, b, c); };
  };
  const auto library = [](int threads) {
    return [=](int64_t n, const float* a, const float* b, float* c) {
      const int before = num_threads();
      set_num_threads(threads > 0 ? threads : before);
      kernels::matmul_cpu(n, n, n, kernels::Matrix<float>{a, n, 1}, kernels::Matrix<float>{b, n, 1}, c, n);
      set_num_threads(before);
    };
  };
  return {{"naive", rung(matmul_naive<float>)},
          {"loop order", rung(matmul_loop_order<float>)},
          {"cache blocking", rung(matmul_cache_blocking<float>)},
          {"packing", rung(matmul_packing<float>)},
          {"micro-kernel", rung(matmul_micro_kernel<float>)},
          {"calling ahead", library(1)},
          {"threads", library(0)}};
}

std::vector<Rung> cuda_rungs() {
#if HELDER_CUDA_NVCC || HELDER_CUDA_SIMT
  using namespace kernels::ladder;
  using kernels::ProductPrecision;
  const auto rung = [](auto* function) {
    return [=](int64_t n, const float* a, const float* b, float* c) { function(n, n, n, a, b, c); };
  };
  const auto library = [](ProductPrecision precision) {
    return [=](int64_t n, const float* a, const float* b, float* c) {
      kernels::matmul_cuda(n, n, n, kernels::Matrix<float>{a, n, 1}, kernels::Matrix<float>{b, n, 1}, c, n,
                           {}, precision);
    };
  };
  return {{"naive", rung(cuda_naive)},
          {"coalesced", rung(cuda_coalesced)},
          {"shared tile", rung(cuda_shared_tile)},
          {"register tile", rung(cuda_register_tile)},
          {"vectorised", rung(cuda_vectorised)},
          {"warp tile", library(ProductPrecision::Float32)},
          {"matrix units, tf32", library(ProductPrecision::Tf32), 2e-3},
          {"matrix units, bfloat16", library(ProductPrecision::BFloat16), 2e-2}};
#else
  return {};
#endif
}

/// The largest difference from the product in float64, as a part of that product's largest element.
double error_of(const Tensor& c, const Tensor& exact) {
  const auto got = c.to_vector<double>(), want = exact.to_vector<double>();
  double difference = 0, largest = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    difference = std::max(difference, std::abs(got[i] - want[i]));
    largest = std::max(largest, std::abs(want[i]));
  }
  return difference / largest;
}

/// Seconds of one product: the median of as many as fit in a second, three at least.
double time_of(const std::function<void()>& multiply) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  double sum = 0;
  while (seconds.size() < 3 || (sum < 1 && seconds.size() < 1000)) {
    const Clock::time_point start = Clock::now();
    multiply();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    sum += seconds.back();
  }
  std::nth_element(seconds.begin(), seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2),
                   seconds.end());
  return seconds[seconds.size() / 2];
}

int run(const Options& options) {
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  const bool on_gpu = options.device == Device::Cuda;
  const std::vector<Rung> rungs = on_gpu ? cuda_rungs() : cpu_rungs();
  check(options.rung <= static_cast<int>(rungs.size()), "matmul has rungs 1 to {} on {}, got {}",
        rungs.size(), name_of(options.device), options.rung);
  const int64_t n = options.size > 0 ? options.size : on_gpu && kSimt ? 128 : 512;

  Generator generator(1);
  const Tensor a = randn({n, n}, DType::Float32, generator), b = randn({n, n}, DType::Float32, generator);
  const Tensor exact = matmul(a.to(DType::Float64), b.to(DType::Float64));
  const Tensor x = a.to(options.device), y = b.to(options.device);
  const auto address = [on_gpu](const Tensor& t) { return on_gpu ? t.cuda_data<float>() : t.data<float>(); };

  fmt::print("matmul, [{0},{0}] times [{0},{0}], float32, on {1}\n\n{2:<27}{3:>12}{4:>12}{5:>12}{6:>14}\n", n,
             !on_gpu ? "the CPU"
             : kSimt ? "a GPU that the CPU plays"
                     : "the GPU",
             "rung", "ms", "GFLOP/s", "faster", "largest error");
  double first = 0;
  bool right = true;
  for (size_t i = 0; i < rungs.size(); ++i) {
    if (options.rung > 0 && static_cast<size_t>(options.rung) != i + 1) {
      continue;
    }
    const Tensor c = full({n, n}, std::numeric_limits<double>::quiet_NaN(), DType::Float32, options.device);
    const auto multiply = [&] {
      rungs[i].multiply(n, address(x), address(y), address(c));
      if (on_gpu) {
        cuda::synchronize();
      }
    };
    multiply();
    const double error = error_of(c, exact);
    const bool good = error <= rungs[i].tolerance;
    right = right && good;
    const double seconds = time_of(multiply);
    first = first == 0 ? seconds : first;
    const double flops = 2.0 * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n);
    fmt::print("{:02}  {:<23}{:>12.3f}{:>12.2f}{:>11.1f}x{:>14.1e}{}\n", i + 1, rungs[i].name, 1e3 * seconds,
               flops / seconds / 1e9, first / seconds, error, good ? "" : "  wrong");
    std::fflush(stdout);
  }
  check(right, "a rung does not compute the product");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Holds a rung of the ladder of matrix products against the definition in float64, and times it.",
      "kernel_lab");
  app.add_option("family", options.family, "matmul")->required()->check(CLI::IsMember({"matmul"}));
  app.add_option("rung", options.rung, "1 to 7, on cuda 1 to 8; all of them without")
      ->check(CLI::Range(1, 8));
  app.add_option("--size", options.size,
                 "rows and columns; by default 512, and 128 on a GPU that the CPU plays")
      ->check(CLI::Range(1, 16384));
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  return parse_and_run(app, argc, argv, [&] { return run(options); });
}
