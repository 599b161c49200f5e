// Matrix products: Helder's ladder, and its last rung beside Eigen, OpenBLAS and oneDNN, on as many threads.
//
//   ./helder bench matmul
//
// Each row reports GFLOP/s and its part of the multiply-add peak that was measured on as many threads, in
// this run.

#include <fmt/core.h>

#include <Eigen/Core>
#include <string>

#include "benchmarks/row.h"
#include "kernels/matmul/ladder/ladder.h"
#include "kernels/matmul/matmul.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

#if defined(HELDER_HAVE_OPENBLAS)
#include <cblas.h>
#endif
#if defined(HELDER_HAVE_ONEDNN)
#include <oneapi/dnnl/dnnl.h>
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

#if defined(HELDER_HAVE_ONEDNN)
void multiply_onednn(const Product& p, const float* a, const float* b, float* c) {
  const auto transposed = [](bool yes) { return yes ? 'T' : 'N'; };
  dnnl_sgemm('N', transposed(p.b_transposed), p.M, p.N, p.K, 1, a, p.K, b, p.b_transposed ? p.K : p.N, 0, c,
             p.N);
}
#endif

void add(const std::string& name, const Product& p, int threads, Multiply multiply) {
  const double flops = 2.0 * static_cast<double>(p.M * p.N * p.K);
  add_row(fmt::format("matmul/{}/{}", name, p.words()), threads, {.flops = flops}, [=]() -> Step {
    Generator generator(1);
    const Tensor a = randn({p.M, p.K}, DType::Float32, generator),
                 b = randn({p.K, p.N}, DType::Float32, generator);
    const Tensor c = empty({p.M, p.N});
    return [=] { multiply(p, a.data<float>(), b.data<float>(), c.data<float>()); };
  });
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
    add("ladder/05_micro_kernel", p, 1, rung<kernels::ladder::matmul_micro_kernel<float>>);
    add("ladder/06_calling_ahead", p, 1, multiply_helder);
    add("ladder/07_threads", p, num_threads(), multiply_helder);
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
#if defined(HELDER_HAVE_ONEDNN)
    add("onednn", p, num_threads(), multiply_onednn);
#endif
  }
  return true;
}();

}  // namespace
}  // namespace helder::bench
