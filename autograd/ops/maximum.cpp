#include "autograd/ops/maximum.h"

#include "autograd/ops/compare.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/where.h"
#include "kernels/elementwise/arithmetic.h"

namespace helder {
namespace {

// dy goes to the side that was chosen; where both are equal, half to each.
struct MaximumNode final : Node {
  MaximumNode() : Node("maximum") {}
  Saved a{*this, "a"}, b{*this, "b"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {needs_grad(0) ? sum_to(share(dy, a, b), input_shape(0)) : Tensor(),
            needs_grad(1) ? sum_to(share(dy, b, a), input_shape(1)) : Tensor()};
  }

  Tensor share(const Tensor& dy, const Tensor& mine, const Tensor& other) const {
    const Tensor tied = where(eq(mine, other), mul(dy, 0.5), scalar(0, dtype()));
    return where(gt(mine, other), dy, tied);
  }
};

}  // namespace

Tensor maximum(const Tensor& a0, const Tensor& b0) {
  const auto [a, b] = promoted(a0, b0);
  Tensor y = binary<kernels::Maximum>("maximum", a, b);
  if (auto* node = record<MaximumNode>(y, a, b)) {
    node->a = a;
    node->b = b;
  }
  return y;
}

}  // namespace helder
