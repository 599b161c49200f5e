#pragma once

#include <cstdint>
#include <span>

namespace helder::kernels {

/// A matrix somewhere in memory: element (i, j) is data[i * row_stride + j * column_stride]. Transposing
/// costs nothing: the product reads any strides, 0 included.
template <class T>
struct Matrix {
  const T* data;
  int64_t row_stride;
  int64_t column_stride;

  constexpr const T& operator()(int64_t i, int64_t j) const {
    return data[i * row_stride + j * column_stride];
  }
  constexpr Matrix transposed() const { return {data, column_stride, row_stride}; }
};

/// What the sums of a product start from: zero, what C holds (C += A B), or a bias.
template <class T>
struct Start {
  enum Kind { Zero, Output, RowBias, ColumnBias } kind = Zero;
  const T* bias = nullptr;  ///< [M] for RowBias, [N] for ColumnBias

  /// The start of element (row, column), which is `output` now.
  constexpr T at(int64_t row, int64_t column, const T& output) const {
    return kind == Zero ? T(0) : kind == Output ? output : bias[kind == RowBias ? row : column];
  }
  /// For the product C^T = B^T A^T.
  Start transposed() const {
    return {kind == RowBias ? ColumnBias : kind == ColumnBias ? RowBias : kind, bias};
  }

  static Start from_output() { return {Output, nullptr}; }
  static Start from_row_bias(const T* bias) { return {bias ? RowBias : Zero, bias}; }
  static Start from_column_bias(const T* bias) { return {bias ? ColumnBias : Zero, bias}; }
};

/// C[m,n] = start + sum over k of A[m,k] B[k,n],   A [M,K], B [K,N], C [M,N] row-major with rows `ldc` apart.
///
/// C must not overlap A or B. Each element is summed in an order that depends on the shapes and strides
/// alone, so the result is the same, bit for bit, for any number of threads.
///
/// The gradients of C = A B are products again:  dA = dC B^T,  dB = A^T dC.
template <class T>
void matmul_cpu(int64_t M, int64_t N, int64_t K, const Matrix<T>& a, const Matrix<T>& b, T* c, int64_t ldc,
                Start<T> start = {});

/// In what the operands of a product of floats are multiplied on the GPU; sums are float32 in any case.
enum class ProductPrecision {
  Float32,   ///< as they are, by the ordinary units
  Tf32,      ///< rounded to 10 bits of fraction, by the matrix units (sm_80 and later)
  BFloat16,  ///< rounded to 7 bits of fraction, by the matrix units
};

/// On the GPU, with pointers of the device, `start.bias` included; `precision` is for float. Each element is
/// summed in the order of k, whatever the GPU.
template <class T>
void matmul_cuda(int64_t M, int64_t N, int64_t K, const Matrix<T>& a, const Matrix<T>& b, T* c, int64_t ldc,
                 Start<T> start = {}, ProductPrecision precision = ProductPrecision::Float32);

/// The same for many pairs of matrices of one shape: pair i is at a.data + a_offsets[i], b.data +
/// b_offsets[i] and c + i * M * N (rows N apart). Offsets may repeat, where a matrix is broadcast.
template <class T>
void matmul_batched_cpu(int64_t M, int64_t N, int64_t K, const Matrix<T>& a,
                        std::span<const int64_t> a_offsets, const Matrix<T>& b,
                        std::span<const int64_t> b_offsets, T* c);
/// Its offsets are on the host.
template <class T>
void matmul_batched_cuda(int64_t M, int64_t N, int64_t K, const Matrix<T>& a,
                         std::span<const int64_t> a_offsets, const Matrix<T>& b,
                         std::span<const int64_t> b_offsets, T* c,
                         ProductPrecision precision = ProductPrecision::Float32);

}  // namespace helder::kernels
