#include "autograd/ops/linear.h"

#include "autograd/node.h"
#include "autograd/ops/product_operand.h"
#include "kernels/matmul/matmul.h"
#include "kernels/reduce/reduce.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// All leading dimensions count as one.
int64_t rows_of(const Shape& shape) { return Shape(std::span(shape.begin(), shape.end() - 1)).numel(); }

// A contiguous matrix, on whichever device it is.
template <class T>
kernels::Matrix<T> matrix(bool cpu, const Tensor& x, int64_t columns) {
  return {cpu ? x.data<T>() : x.cuda_data<T>(), columns, 1};
}

// What the CPU multiplies; the GPU's kernel rounds for itself.
Tensor operand(bool cpu, const Tensor& x) { return cpu ? product_operand(x) : x; }

// y [M, N] = start + a b.
template <class T>
void multiply(bool cpu, int64_t M, int64_t N, int64_t K, const kernels::Matrix<T>& a,
              const kernels::Matrix<T>& b, const Tensor& y, kernels::Start<T> start = {}) {
  if (cpu) {
    kernels::matmul_cpu(M, N, K, a, b, y.data<T>(), N, start);
  } else if constexpr (kCudaBuilt) {
    kernels::matmul_cuda(M, N, K, a, b, y.cuda_data<T>(), N, start, product_precision());
  }
}

// Y = X W^T + b,  X [n, in], W [out, in], Y [n, out], where n counts all leading dimensions.
//   dX = dY W,   dW = dY^T X,   db = the sum of dY's rows.
struct LinearNode final : Node {
  LinearNode() : Node("linear") {}
  Saved x{*this, "input"}, weight{*this, "weight"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const int64_t in = input_shape(1)[1], out = input_shape(1)[0];
    const int64_t n = rows_of(input_shape(0));
    const bool cpu = on_cpu(name(), dy, x.get(), weight.get());
    const Tensor factor = operand(cpu, dy), x_factor = operand(cpu, x), weight_factor = operand(cpu, weight);
    Tensor dx, dw, db;
    visit_floating(dtype(), name(), [&]<class T>() {
      const auto dY = matrix<T>(cpu, factor, out);
      if (needs_grad(0)) {
        dx = empty(input_shape(0), dtype(), device());
        multiply(cpu, n, in, out, dY, matrix<T>(cpu, weight_factor, in), dx);
      }
      if (needs_grad(1)) {
        dw = empty(input_shape(1), dtype(), device());
        multiply(cpu, out, in, n, dY.transposed(), matrix<T>(cpu, x_factor, in), dw);
      }
      if (needs_grad(2)) {
        db = empty(input_shape(2), dtype(), device());
        const kernels::ReduceGeometry rows = {.outer = 1, .n = n, .inner = out};
        if (cpu) {
          kernels::sum_cpu(rows, dy.data<T>(), db.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::sum_cuda(rows, dy.cuda_data<T>(), db.cuda_data<T>());
        }
      }
    });
    return {dx, dw, db};
  }
};

}  // namespace

Tensor linear(const Tensor& x0, const Tensor& weight0, const Tensor& bias) {
  check(weight0.rank() == 2, "linear: weight must be [out, in], got {}", weight0.shape());
  check(x0.rank() >= 1 && x0.size(-1) == weight0.size(1),
        "linear: input has {} features but weight expects {} (input {}, weight {})",
        x0.rank() ? x0.size(-1) : 0, weight0.size(1), x0.shape(), weight0.shape());
  check(x0.dtype() == weight0.dtype() && (!bias.defined() || bias.dtype() == x0.dtype()),
        "linear: input is {}, weight {}{}", name_of(x0.dtype()), name_of(weight0.dtype()),
        bias.defined() ? fmt::format(", bias {}", name_of(bias.dtype())) : "");
  check(!bias.defined() || bias.shape() == Shape{weight0.size(0)}, "linear: bias must be [{}], got {}",
        weight0.size(0), bias.defined() ? bias.shape().str() : "");

  const Tensor x = x0.contiguous();
  const Tensor weight = weight0.contiguous();
  const int64_t in = weight.size(1), out = weight.size(0);
  const int64_t n = rows_of(x.shape());
  Shape shape = x.shape();
  shape[x.rank() - 1] = out;
  Tensor y = empty(shape, x.dtype(), x.device());
  visit_floating(x.dtype(), "linear", [&]<class T>() {
    const Tensor b = bias.defined() ? contiguous_copy(bias.detach()) : Tensor();
    const bool cpu = on_cpu("linear", x, weight, b);
    const T* start = !b.defined() ? nullptr : cpu ? b.data<T>() : b.cuda_data<T>();
    const Tensor a = operand(cpu, x), w = operand(cpu, weight);
    multiply(cpu, n, out, in, matrix<T>(cpu, a, in), matrix<T>(cpu, w, in).transposed(), y,
             kernels::Start<T>::from_column_bias(start));
  });
  if (auto* node = record<LinearNode>(y, x, weight, bias)) {
    node->x = node->needs_grad(1) ? x : Tensor();
    node->weight = node->needs_grad(0) ? weight : Tensor();
  }
  return y;
}

}  // namespace helder
