#include "autograd/ops/linear.h"

#include "autograd/node.h"
#include "kernels/matmul/matmul.h"
#include "kernels/reduce/reduce.h"
#include "tensor/copy.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// All leading dimensions count as one.
int64_t rows_of(const Shape& shape) { return Shape(std::span(shape.begin(), shape.end() - 1)).numel(); }

// Y = X W^T + b,  X [n, in], W [out, in], Y [n, out], where n counts all leading dimensions.
//   dX = dY W,   dW = dY^T X,   db = the sum of dY's rows.
struct LinearNode final : Node {
  LinearNode() : Node("linear") {}
  Saved x{*this, "input"}, weight{*this, "weight"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const int64_t in = input_shape(1)[1], out = input_shape(1)[0];
    const int64_t n = rows_of(input_shape(0));
    Tensor dx, dw, db;
    visit_floating(dtype(), name(), [&]<class T>() {
      const kernels::Matrix<T> dY{dy.data<T>(), out, 1};
      if (needs_grad(0)) {
        dx = empty(input_shape(0), dtype(), device());
        const kernels::Matrix<T> W{weight.get().data<T>(), in, 1};
        kernels::matmul_cpu(n, in, out, dY, W, dx.data<T>(), in);
      }
      if (needs_grad(1)) {
        dw = empty(input_shape(1), dtype(), device());
        const kernels::Matrix<T> X{x.get().data<T>(), in, 1};
        kernels::matmul_cpu(out, in, n, dY.transposed(), X, dw.data<T>(), in);
      }
      if (needs_grad(2)) {
        db = empty(input_shape(2), dtype(), device());
        kernels::sum_cpu({.outer = 1, .n = n, .inner = out}, dy.data<T>(), db.data<T>());
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
    kernels::matmul_cpu(n, out, in, kernels::Matrix<T>{x.data<T>(), in, 1},
                        kernels::Matrix<T>{weight.data<T>(), in, 1}.transposed(), y.data<T>(), out,
                        kernels::Start<T>::from_column_bias(b.defined() ? b.data<T>() : nullptr));
  });
  if (auto* node = record<LinearNode>(y, x, weight, bias)) {
    node->x = node->needs_grad(1) ? x : Tensor();
    node->weight = node->needs_grad(0) ? weight : Tensor();
  }
  return y;
}

}  // namespace helder
