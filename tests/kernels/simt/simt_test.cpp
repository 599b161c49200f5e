#include "tensor/cuda_built.h"

#if HELDER_CUDA_SIMT || HELDER_CUDA_NVCC

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/kernels/simt/device.h"
#include "tests/kernels/simt/kernels.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("a product by tiles in shared memory is the product", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  for_each_order([] {
    Generator generator(1);
    for (const Shape& size : {Shape{1, 1, 1}, Shape{16, 16, 16}, Shape{33, 50, 17}, Shape{70, 31, 90}}) {
      const int M = static_cast<int>(size[0]), N = static_cast<int>(size[1]), K = static_cast<int>(size[2]);
      const std::vector<float> a = randint(-8, 9, {M, K}, DType::Float32, generator).to_vector<float>();
      const std::vector<float> b = randint(-8, 9, {K, N}, DType::Float32, generator).to_vector<float>();
      const OnDevice<float> device_a(a), device_b(b),
          device_c(std::vector<float>(static_cast<size_t>(M) * N, 1e30f));
      matmul_tiles(M, N, K, device_a.data(), device_b.data(), device_c.data());
      std::vector<float> c(static_cast<size_t>(M) * N);
      for (int m = 0; m < M; ++m) {
        for (int n = 0; n < N; ++n) {
          for (int k = 0; k < K; ++k) {
            c[m * N + n] += a[m * K + k] * b[k * N + n];
          }
        }
      }
      INFO("M N K " << size.str());
      CHECK(device_c.values() == c);
    }
  });
}

TEST_CASE("a sum by shuffles, shared memory and atomics is the sum", "[cuda][simt]") {
  if (no_device()) {
    return;
  }
  for_each_order([] {
    for (const int n : {0, 1, 255, 256, 1025, 20000}) {
      std::vector<float> x(static_cast<size_t>(n) + 1);
      float expected = 0;
      for (int i = 0; i < n; ++i) {
        x[i] = static_cast<float>(i % 7);
        expected += x[i];
      }
      const OnDevice<float> device_x(x), device_sum({0.0f});
      sum(n, device_x.data(), device_sum.data());
      CHECK(device_sum.values()[0] == expected);
    }
  });
}

#endif
