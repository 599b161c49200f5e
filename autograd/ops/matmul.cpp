#include "autograd/ops/matmul.h"

#include "autograd/node.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/product_operand.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/squeeze.h"
#include "kernels/matmul/matmul.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"
#include "tensor/views.h"

namespace helder {
namespace {

template <class T>
kernels::Matrix<T> last_two(bool cpu, const Tensor& x) {
  return {cpu ? x.data<T>() : x.cuda_data<T>(), x.strides()[x.rank() - 2], x.strides().back()};
}

// Where each matrix of a broadcast batch begins, in elements from the first one.
std::vector<int64_t> matrix_offsets(const Tensor& x, const Shape& batch) {
  Shape own_shape, own_strides;
  for (int d = 0; d < x.rank() - 2; ++d) {
    own_shape.push_back(x.shape()[d]);
    own_strides.push_back(x.strides()[d]);
  }
  const Shape strides = broadcast_strides(own_shape, own_strides, batch);
  std::vector<int64_t> offsets(static_cast<size_t>(batch.numel()));
  for (size_t i = 0; i < offsets.size(); ++i) {
    int64_t rest = static_cast<int64_t>(i);
    for (int d = batch.rank() - 1; d >= 0; --d) {
      offsets[i] += rest % batch[d] * strides[d];
      rest /= batch[d];
    }
  }
  return offsets;
}

Shape batch_of(const Tensor& x) {
  Shape batch;
  for (int d = 0; d < x.rank() - 2; ++d) {
    batch.push_back(x.shape()[d]);
  }
  return batch;
}

// a [..., M, K], b [..., K, N] -> [..., M, N]. Not recorded.
Tensor multiply(const Tensor& a0, const Tensor& b0) {
  const bool rounds = a0.is_cpu();  // the GPU's kernel rounds for itself
  const Tensor a = rounds ? product_operand(a0) : a0, b = rounds ? product_operand(b0) : b0;
  const kernels::ProductPrecision precision = product_precision();
  const int64_t M = a.size(-2), K = a.size(-1), N = b.size(-1);
  const Shape batch = broadcast_shapes("matmul", batch_of(a), batch_of(b));
  Shape shape = batch;
  shape.push_back(M);
  shape.push_back(N);
  Tensor y = empty(shape, a.dtype(), a.device());
  visit_floating(a.dtype(), "matmul", [&]<class T>() {
    const bool cpu = on_cpu("matmul", a, b);
    const kernels::Matrix<T> A = last_two<T>(cpu, a), B = last_two<T>(cpu, b);
    if (batch.empty()) {
      if (cpu) {
        kernels::matmul_cpu(M, N, K, A, B, y.data<T>(), N);
      } else if constexpr (kCudaBuilt) {
        kernels::matmul_cuda(M, N, K, A, B, y.cuda_data<T>(), N, {}, precision);
      }
      return;
    }
    const std::vector<int64_t> a_offsets = matrix_offsets(a, batch), b_offsets = matrix_offsets(b, batch);
    if (cpu) {
      kernels::matmul_batched_cpu(M, N, K, A, a_offsets, B, b_offsets, y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::matmul_batched_cuda(M, N, K, A, a_offsets, B, b_offsets, y.cuda_data<T>(), precision);
    }
  });
  return y;
}

Tensor transposed(const Tensor& x) { return views::transpose(x, -2, -1); }

// Y = A B.  dA = dY B^T,  dB = A^T dY, each summed over what was broadcast.
struct MatmulNode final : Node {
  MatmulNode() : Node("matmul") {}
  Saved a{*this, "a"}, b{*this, "b"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {needs_grad(0) ? sum_to(multiply(dy, transposed(b)), input_shape(0)) : Tensor(),
            needs_grad(1) ? sum_to(multiply(transposed(a), dy), input_shape(1)) : Tensor()};
  }
};

// Both have at least two dimensions.
Tensor matrix_product(const Tensor& a, const Tensor& b) {
  if (b.rank() == 2 && a.rank() > 2) {  // one matrix for all of the batch: a single tall product
    const Shape rows(std::span(a.shape().begin(), a.shape().end() - 1));
    Shape shape = rows;
    shape.push_back(b.size(1));
    return reshape(matrix_product(reshape(a, {rows.numel(), a.size(-1)}), b), shape);
  }
  Tensor y = multiply(a, b);
  if (auto* node = record<MatmulNode>(y, a, b)) {
    node->a = node->needs_grad(1) ? a : Tensor();
    node->b = node->needs_grad(0) ? b : Tensor();
  }
  return y;
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b) {
  check(a.dtype() == b.dtype(), "matmul: a is {} but b is {}", name_of(a.dtype()), name_of(b.dtype()));
  check(a.rank() >= 1 && b.rank() >= 1, "matmul: expected at least one dimension each, got {} and {}",
        a.shape().str(), b.shape().str());
  const int64_t columns = a.size(-1);
  const int64_t rows = b.size(b.rank() == 1 ? 0 : -2);
  check(columns == rows, "matmul: a has {} columns but b has {} rows (a {}, b {})", columns, rows,
        a.shape().str(), b.shape().str());

  const Tensor left = a.rank() == 1 ? unsqueeze(a, 0) : a;
  const Tensor right = b.rank() == 1 ? unsqueeze(b, 1) : b;
  Tensor y = matrix_product(left, right);
  if (b.rank() == 1) {
    y = squeeze(y, -1);
  }
  if (a.rank() == 1) {
    y = squeeze(y, b.rank() == 1 ? -1 : -2);
  }
  return y;
}

}  // namespace helder
