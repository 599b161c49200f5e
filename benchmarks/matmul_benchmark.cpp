// Matrix products: Helder's ladder, and its last rung beside Eigen and OpenBLAS.
//
//   helder_bench --benchmark_filter=matmul --benchmark_repetitions=9
//   --benchmark_enable_random_interleaving=true
//
// Each row reports GFLOP/s and its part of the multiply-add peak that was measured on as many threads, in
// this run.

#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include <Eigen/Core>
#include <map>
#include <string>

#include "benchmarks/ceiling.h"
#include "kernels/matmul/ladder/ladder.h"
#include "kernels/matmul/matmul.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

#if defined(HELDER_HAVE_OPENBLAS)
#include <cblas.h>
#endif

namespace helder::bench {
namespace {

struct Product {
  int64_t M, N, K;
  bool b_transposed;  // as the weight of a linear layer

  std::string words() const { return fmt::format("{}x{}x{}{}", M, N, K, b_transposed ? "/bT" : ""); }
};

// a [M,K], b [K,N] or its transpose, c [M,N].
using Multiply = void (*)(const Product& p, const float* a, const float* b, float* c);

void multiply_helder(const Product& p, const float* a, const float* b, float* c) {
  const kernels::Matrix<float> right{b, p.b_transposed ? 1 : p.N, p.b_transposed ? p.K : 1};
  kernels::matmul_cpu(p.M, p.N, p.K, kernels::Matrix<float>{a, p.K, 1}, right, c, p.N);
}

void multiply_eigen(const Product& p, const float* a, const float* b, float* c) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Rows> left(a, p.M, p.K);
  Eigen::Map<Rows> out(c, p.M, p.N);
  if (p.b_transposed) {
    out.noalias() = left * Eigen::Map<const Rows>(b, p.N, p.K).transpose();
  } else {
    out.noalias() = left * Eigen::Map<const Rows>(b, p.K, p.N);
  }
}

#if defined(HELDER_HAVE_OPENBLAS)
void multiply_openblas(const Product& p, const float* a, const float* b, float* c) {
  const auto M = static_cast<int>(p.M), N = static_cast<int>(p.N), K = static_cast<int>(p.K);
  openblas_set_num_threads(num_threads());
  cblas_sgemm(CblasRowMajor, CblasNoTrans, p.b_transposed ? CblasTrans : CblasNoTrans, M, N, K, 1, a, K, b,
              p.b_transposed ? K : N, 0, c, N);
}
#endif

double peak(int threads) {
  static std::map<int, double> measured;
  double& flops = measured[threads];
  if (flops == 0) {
    flops = peak_flops<float>(threads);
  }
  return flops;
}

void run(benchmark::State& state, const Product& p, int threads, Multiply multiply) {
  const int before = num_threads();
  set_num_threads(threads);  // Eigen asks OpenMP as well
  Generator generator(1);
  const Tensor a = randn({p.M, p.K}, DType::Float32, generator),
               b = randn({p.K, p.N}, DType::Float32, generator);
  const Tensor c = empty({p.M, p.N});
  for (auto _ : state) {
    multiply(p, a.data<float>(), b.data<float>(), c.data<float>());
    benchmark::ClobberMemory();
  }
  const double flops = 2.0 * static_cast<double>(p.M * p.N * p.K);
  state.counters["GFLOP/s"] = benchmark::Counter(flops / 1e9, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["of_peak"] =
      benchmark::Counter(flops / peak(threads), benchmark::Counter::kIsIterationInvariantRate);
  set_num_threads(before);
}

void add(const std::string& name, const Product& p, int threads, Multiply multiply) {
  benchmark::RegisterBenchmark(fmt::format("matmul/{}/{}/threads:{}", name, p.words(), threads).c_str(),
                               [=](benchmark::State& state) { run(state, p, threads, multiply); })
      ->Unit(benchmark::kMicrosecond)
      ->UseRealTime();
}

template <void (*Rung)(int64_t, int64_t, int64_t, const float*, const float*, float*)>
void rung(const Product& p, const float* a, const float* b, float* c) {
  Rung(p.M, p.N, p.K, a, b, c);
}

const bool registered = [] {
  for (const int64_t n : {256, 1024}) {
    const Product p{n, n, n, false};
    add("ladder/01_naive", p, 1, rung<kernels::ladder::matmul_naive<float>>);
    add("ladder/02_loop_order", p, 1, rung<kernels::ladder::matmul_loop_order<float>>);
    add("ladder/03_cache_blocking", p, 1, rung<kernels::ladder::matmul_cache_blocking<float>>);
    add("ladder/04_packing", p, 1, rung<kernels::ladder::matmul_packing<float>>);
    add("ladder/05_micro_kernel", p, 1, multiply_helder);
    add("ladder/06_threads", p, num_threads(), multiply_helder);
  }
  const Product products[] = {{256, 256, 256, false}, {1024, 1024, 1024, false}, {4096, 4096, 4096, false},
                              {1, 1000, 2048, true},  {8, 1000, 2048, true},     {32, 1000, 2048, true},
                              {1, 3072, 768, true},   {8, 3072, 768, true},      {32, 3072, 768, true},
                              {64, 120, 400, true},   {64, 128, 9216, true},     {64, 9216, 128, false}};
  for (const Product& p : products) {
    add("helder", p, num_threads(), multiply_helder);
    add("eigen", p, num_threads(), multiply_eigen);
#if defined(HELDER_HAVE_OPENBLAS)
    add("openblas", p, num_threads(), multiply_openblas);
#endif
  }
  return true;
}();

}  // namespace
}  // namespace helder::bench
