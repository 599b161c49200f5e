#include "tensor/cuda_built.h"

#if HELDER_CUDA_SIMT || HELDER_CUDA_NVCC

#include "kernels/matmul/ladder_cuda/ladder_cuda.h"
#include "kernels/matmul/matmul.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/kernels/simt/device.h"

using namespace helder;
using namespace helder::kernels;
using namespace helder::testing;

namespace {

// Small integers are exact in all formats, and so are their sums in any order: results must agree to the bit.
template <class T>
std::vector<T> integers(int64_t count, Generator& generator) {
  return randint(-8, 9, {count}, dtype_of<T>(), generator).template to_vector<T>();
}

enum class Layout { AlongColumns, AlongRows, EveryThird, Broadcast };

template <class T>
Matrix<T> matrix(const T* data, int64_t rows, int64_t columns, Layout layout, int64_t extra) {
  switch (layout) {
    case Layout::AlongColumns:
      return {data, columns + extra, 1};
    case Layout::AlongRows:
      return {data, 1, rows + extra};
    case Layout::EveryThird:
      return {data, 3 * (columns + extra), 3};
    default:
      return {data, 0, 1};
  }
}

template <class T>
int64_t reach(const Matrix<T>& m, int64_t rows, int64_t columns) {
  return rows * columns > 0 ? (rows - 1) * m.row_stride + (columns - 1) * m.column_stride + 1 : 0;
}

const Layout kLayouts[] = {Layout::AlongColumns, Layout::AlongRows, Layout::EveryThird, Layout::Broadcast};

// One product on both devices.
template <class T>
void compare(const Shape& size, Layout a_layout, Layout b_layout, int64_t extra, typename Start<T>::Kind kind,
             ProductPrecision precision, Generator& generator) {
  const int64_t M = size[0], N = size[1], K = size[2], ldc = N + extra;
  INFO("M N K " << size.str() << ", layouts " << int(a_layout) << " " << int(b_layout) << ", start "
                << int(kind) << ", precision " << int(precision));
  Matrix<T> a = matrix<T>(nullptr, M, K, a_layout, extra), b = matrix<T>(nullptr, K, N, b_layout, extra);
  const std::vector<T> a_values = integers<T>(reach(a, M, K), generator),
                       b_values = integers<T>(reach(b, K, N), generator),
                       bias = integers<T>(std::max(M, N), generator);
  std::vector<T> c = integers<T>(M * ldc, generator);
  const OnDevice<T> device_a(a_values), device_b(b_values), device_bias(bias), device_c(c);
  a.data = device_a.data();
  b.data = device_b.data();
  matmul_cuda(M, N, K, a, b, device_c.data(), ldc, Start<T>{kind, device_bias.data()}, precision);
  a.data = a_values.data();
  b.data = b_values.data();
  matmul_cpu(M, N, K, a, b, c.data(), ldc, Start<T>{kind, bias.data()});
  CHECK(device_c.values() == c);
}

}  // namespace

TEMPLATE_TEST_CASE("matmul_cuda reads any strides, and starts from what it is told", "[cuda]", float,
                   double) {
  using T = TestType;
  if (no_device()) {
    return;
  }
  Generator generator(5);
  for (const Shape& size :
       {Shape{1, 1, 1}, Shape{5, 70, 33}, Shape{65, 7, 16}, Shape{3, 4, 0}, Shape{0, 4, 4}}) {
    for (const Layout a_layout : kLayouts) {
      for (const Layout b_layout : kLayouts) {
        const auto kind = static_cast<typename Start<T>::Kind>((int(a_layout) + int(b_layout)) % 4);
        compare<T>(size, a_layout, b_layout, 1, kind, ProductPrecision::Float32, generator);
      }
    }
  }
  for_each_order([&] {  // in packs of 16 bytes, along k and along rows
    for (const int64_t extra : {0, 8}) {
      compare<T>({68, 72, 40}, Layout::AlongColumns, Layout::AlongColumns, extra, Start<T>::Zero,
                 ProductPrecision::Float32, generator);
      compare<T>({68, 72, 40}, Layout::AlongRows, Layout::AlongRows, extra, Start<T>::Output,
                 ProductPrecision::Float32, generator);
    }
  });
}

TEST_CASE("matmul_cuda on the matrix units", "[cuda]") {
  if (no_device()) {
    return;
  }
  Generator generator(6);
  for (const ProductPrecision precision : {ProductPrecision::Tf32, ProductPrecision::BFloat16}) {
    for (const Shape& size : {Shape{1, 1, 1}, Shape{70, 67, 35}, Shape{68, 64, 68}, Shape{2, 3, 0}}) {
      for (const Layout layout : {Layout::AlongColumns, Layout::AlongRows}) {
        compare<float>(size, layout, layout, 0, Start<float>::ColumnBias, precision, generator);
      }
    }
  }
}

TEST_CASE("matmul_cuda with large tiles", "[cuda]") {
  if (no_device()) {
    return;
  }
  Generator generator(7);
  for (const ProductPrecision precision :
       {ProductPrecision::Float32, ProductPrecision::Tf32, ProductPrecision::BFloat16}) {
    compare<float>({1153, 1154, 3}, Layout::AlongColumns, Layout::AlongColumns, 0, Start<float>::RowBias,
                   precision, generator);
  }
}

TEMPLATE_TEST_CASE("matmul_batched_cuda: batches with steps and with lists of offsets", "[cuda]", float,
                   double) {
  using T = TestType;
  if (no_device()) {
    return;
  }
  Generator generator(8);
  const int64_t M = 5, N = 6, K = 8;
  for (const int64_t count : {1, 3, 200}) {
    for (const bool listed : {false, true}) {
      INFO(count << " pairs, listed " << listed);
      std::vector<int64_t> a_offsets(count), b_offsets(count);
      for (int64_t i = 0; i < count; ++i) {
        a_offsets[i] = i * M * K;
        b_offsets[i] = listed ? i % 2 * K * N : 0;
      }
      const std::vector<T> a = integers<T>(count * M * K, generator), b = integers<T>(2 * K * N, generator);
      std::vector<T> c(count * M * N);
      const OnDevice<T> device_a(a), device_b(b), device_c(c);
      matmul_batched_cuda<T>(M, N, K, {device_a.data(), K, 1}, a_offsets, {device_b.data(), N, 1}, b_offsets,
                             device_c.data());
      matmul_batched_cpu<T>(M, N, K, {a.data(), K, 1}, a_offsets, {b.data(), N, 1}, b_offsets, c.data());
      CHECK(device_c.values() == c);
    }
  }
}

TEST_CASE("every rung of the CUDA ladder computes the product", "[cuda]") {
  if (no_device()) {
    return;
  }
  struct Rung {
    const char* name;
    void (*run)(int64_t M, int64_t N, int64_t K, const float* a, const float* b, float* c);
  };
  const Rung rungs[] = {
      {"naive", ladder::cuda_naive},
      {"coalesced", ladder::cuda_coalesced},
      {"shared tile", ladder::cuda_shared_tile},
      {"register tile", ladder::cuda_register_tile},
      {"vectorised", ladder::cuda_vectorised},
  };
  Generator generator(9);
  for_each_order([&] {
    for (const Shape& size : {Shape{1, 1, 1}, Shape{17, 33, 9}, Shape{64, 64, 16}, Shape{70, 68, 52}}) {
      const int64_t M = size[0], N = size[1], K = size[2];
      const std::vector<float> a = integers<float>(M * K, generator), b = integers<float>(K * N, generator);
      std::vector<float> c(static_cast<size_t>(M * N));
      matmul_cpu<float>(M, N, K, {a.data(), K, 1}, {b.data(), N, 1}, c.data(), N);
      for (const Rung& rung : rungs) {
        INFO(rung.name << ", M N K " << size.str());
        const OnDevice<float> device_a(a), device_b(b), device_c(std::vector<float>(c.size(), 1e30f));
        rung.run(M, N, K, device_a.data(), device_b.data(), device_c.data());
        CHECK(device_c.values() == c);
      }
    }
  });
}

#endif
