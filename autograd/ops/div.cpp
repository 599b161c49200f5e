#include "autograd/ops/div.h"

#include "autograd/ops/elementwise.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/neg.h"
#include "kernels/elementwise/arithmetic.h"

namespace helder {
namespace {

// y = a / b.  da = dy / b,  db = -dy y / b, each summed over what was broadcast.
struct DivNode final : Node {
  DivNode() : Node("div") {}
  Saved b{*this, "b"}, y{*this, "output"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor da = div(dy, b.get());
    return {needs_grad(0) ? sum_to(da, input_shape(0)) : Tensor(),
            needs_grad(1) ? neg(sum_to(mul(da, y), input_shape(1))) : Tensor()};
  }
};

Tensor floating(const Tensor& x) { return is_floating_point(x.dtype()) ? x : x.to(DType::Float32); }

}  // namespace

Tensor div(const Tensor& a0, const Tensor& b0) {
  const auto [a1, b1] = promoted(a0, b0);
  const Tensor a = floating(a1);
  const Tensor b = floating(b1);
  Tensor y = binary<kernels::Div>("div", a, b);
  if (auto* node = record<DivNode>(y, a, b)) {
    node->b = b;
    node->y = node->needs_grad(1) ? y : Tensor();
  }
  return y;
}

Tensor div(const Tensor& a, double b) { return div(a, operand(a, b)); }
Tensor div(double a, const Tensor& b) { return div(operand(b, a), b); }

}  // namespace helder
