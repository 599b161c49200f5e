#include "kernels/matmul/matmul.h"

#include "kernels/matmul/blocks.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/thread_count.h"

using namespace helder;
using namespace helder::kernels;

namespace {

// Elements of a [rows, columns] matrix laid out in one of four ways, with `extra` unused elements between
// lines.
enum class Layout { RowMajor, ColumnMajor, EveryThird, Broadcast };

template <class T>
struct Operand {
  Tensor memory;
  Matrix<T> matrix;

  Operand(int64_t rows, int64_t columns, Layout layout, int64_t extra, Generator& generator) {
    int64_t row_stride = columns + extra, column_stride = 1;
    if (layout == Layout::ColumnMajor) {
      row_stride = 1;
      column_stride = rows + extra;
    } else if (layout == Layout::EveryThird) {
      row_stride = 3 * (columns + extra);
      column_stride = 3;
    } else if (layout == Layout::Broadcast) {
      row_stride = 0;
    }
    // No element more than the matrix reaches, so that the address sanitizer sees a read beyond.
    const int64_t reach =
        rows * columns > 0 ? (rows - 1) * row_stride + (columns - 1) * column_stride + 1 : 0;
    memory = randint(-8, 9, {reach}, dtype_of<T>(), generator);
    matrix = {memory.data<T>(), row_stride, column_stride};
  }
};

const std::vector<Layout> kLayouts = {Layout::RowMajor, Layout::ColumnMajor, Layout::EveryThird,
                                      Layout::Broadcast};

}  // namespace

TEMPLATE_TEST_CASE("matmul_cpu reads any strides, and starts from what it is told", "", float, double) {
  using T = TestType;
  // Around the sizes of tiles, slices and blocks, and of the changes between packing, in-place and dot
  // products.
  const std::vector<Shape> sizes = {{1, 1, 1},     {1, 40, 33},    {2, 400, 20}, {7, 9, 300},
                                    {8, 48, 256},  {16, 96, 17},   {17, 49, 64}, {20, 10, 1030},
                                    {49, 51, 100}, {70, 200, 257}, {530, 97, 3}, {27, 60, 1100},
                                    {90, 1, 40},   {3, 5, 0},      {0, 4, 4},    {4, 0, 4}};
  Generator generator(3);
  for (const Shape& size : sizes) {
    const int64_t M = size[0], N = size[1], K = size[2];
    for (const Layout a_layout : kLayouts) {
      for (const Layout b_layout : kLayouts) {
        const Operand<T> a(M, K, a_layout, 2, generator), b(K, N, b_layout, 1, generator);
        const int64_t ldc = N + 3;
        const Tensor before = randint(-8, 9, {M, ldc}, dtype_of<T>(), generator);
        const Tensor bias = randint(-8, 9, {std::max(M, N)}, dtype_of<T>(), generator);
        const T* c0 = before.data<T>();
        for (const Start<T>& start :
             {Start<T>{}, Start<T>::from_output(), Start<T>::from_row_bias(bias.data<T>()),
              Start<T>::from_column_bias(bias.data<T>())}) {
          INFO("M N K " << size.str() << ", layouts " << int(a_layout) << " " << int(b_layout) << ", start "
                        << start.kind);
          std::vector<T> expected = before.to_vector<T>();  // what lies between the rows of C stays as it is
          for (int64_t m = 0; m < M; ++m) {
            for (int64_t n = 0; n < N; ++n) {
              T sum = start.kind == Start<T>::Zero     ? T(0)
                      : start.kind == Start<T>::Output ? c0[m * ldc + n]
                                                       : start.bias[start.kind == Start<T>::RowBias ? m : n];
              for (int64_t k = 0; k < K; ++k) {
                sum += a.matrix(m, k) * b.matrix(k, n);
              }
              expected[static_cast<size_t>(m * ldc + n)] = sum;
            }
          }
          Tensor c = from_data(before.to_vector<T>(), {M, ldc});
          matmul_cpu(M, N, K, a.matrix, b.matrix, c.data<T>(), ldc, start);
          REQUIRE(c.to_vector<T>() == expected);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("matmul_cpu gives the same bits for any number of threads", "", float, double) {
  using T = TestType;
  const Shape size =
      GENERATE(Shape{1, 3000, 500}, Shape{30, 300, 2000}, Shape{8, 3000, 300}, Shape{600, 700, 300});
  const bool transpose_b = GENERATE(false, true);
  const int64_t M = size[0], N = size[1], K = size[2];
  Generator generator(5);
  const Tensor a = randn({M, K}, dtype_of<T>(), generator), b = randn({K, N}, dtype_of<T>(), generator);
  const Matrix<T> right = transpose_b ? Matrix<T>{b.data<T>(), 1, K} : Matrix<T>{b.data<T>(), N, 1};
  std::vector<T> first;
  for (const int threads : {1, 2, 3, 5}) {
    const ThreadCount guard(threads);
    Tensor c = empty({M, N}, dtype_of<T>());
    matmul_cpu(M, N, K, Matrix<T>{a.data<T>(), K, 1}, right, c.data<T>(), N);
    if (first.empty()) {
      first = c.to_vector<T>();
    }
    CHECK(c.to_vector<T>() == first);
  }
}

TEMPLATE_TEST_CASE("multiply_blocks: the size of a block changes no bit", "", float, double) {
  using T = TestType;
  const int64_t M = 35, N = 200, K = 2 * kBlockDepth<T> + 77;  // three slices of k
  const bool transpose = GENERATE(false, true);
  Generator generator(6);
  const Tensor a = randn({M, K}, dtype_of<T>(), generator), b = randn({K, N}, dtype_of<T>(), generator);
  const Matrix<T> left = transpose ? Matrix<T>{a.data<T>(), 1, M} : Matrix<T>{a.data<T>(), K, 1};
  const Matrix<T> right = transpose ? Matrix<T>{b.data<T>(), 1, K} : Matrix<T>{b.data<T>(), N, 1};
  std::vector<T> first;
  for (const int64_t block_numbers : {int64_t{1} << 20, 100 * kBlockDepth<T>, int64_t{1}}) {
    Tensor c = empty({M, N}, dtype_of<T>());
    multiply_blocks(0, M, 0, N, K, left, right, c.data<T>(), N, Start<T>{}, block_numbers);
    if (first.empty()) {
      first = c.to_vector<T>();
      for (const int64_t m : {0, 8, 34}) {
        for (const int64_t n : {0, 47, 48, 199}) {
          double sum = 0;
          for (int64_t k = 0; k < K; ++k) {
            sum += static_cast<double>(left(m, k)) * static_cast<double>(right(k, n));
          }
          CHECK(static_cast<double>(c.at<T>({m, n})) == Approx(sum).margin(1e-3));
        }
      }
    }
    CHECK(c.to_vector<T>() == first);
  }
}

TEMPLATE_TEST_CASE("matmul_batched_cpu multiplies each pair of matrices", "", float, double) {
  using T = TestType;
  Generator generator(9);
  const int64_t M = GENERATE(1, 5, 60), N = 13, K = 21;
  const Tensor a = randint(-8, 9, {3, M, K}, dtype_of<T>(), generator);
  const Tensor b = randint(-8, 9, {2, K, N}, dtype_of<T>(), generator);
  const std::vector<int64_t> a_offsets = {0, M * K, 2 * M * K, 0, 0}, b_offsets = {0, 0, K * N, K * N, 0};
  Tensor c = empty({5, M, N}, dtype_of<T>());
  const Matrix<T> left{a.data<T>(), K, 1}, right{b.data<T>(), N, 1};
  matmul_batched_cpu(M, N, K, left, a_offsets, right, b_offsets, c.data<T>());
  for (size_t i = 0; i < 5; ++i) {
    for (int64_t m = 0; m < M; ++m) {
      for (int64_t n = 0; n < N; ++n) {
        T sum = 0;
        for (int64_t k = 0; k < K; ++k) {
          sum += left(m, k + a_offsets[i]) * right(k, n + b_offsets[i]);
        }
        REQUIRE(c.at<T>({static_cast<int64_t>(i), m, n}) == sum);
      }
    }
  }
}
