#include "autograd/ops/sub.h"

#include "autograd/ops/elementwise.h"
#include "autograd/ops/neg.h"
#include "kernels/elementwise/arithmetic.h"

namespace helder {
namespace {

// y = a - b.  da = dy,  db = -dy, each summed over what was broadcast.
struct SubNode final : Node {
  SubNode() : Node("sub") {}

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {needs_grad(0) ? sum_to(dy, input_shape(0)) : Tensor(),
            needs_grad(1) ? neg(sum_to(dy, input_shape(1))) : Tensor()};
  }
};

}  // namespace

Tensor sub(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype()) {
    const auto [x, y] = promoted(a, b);
    return sub(x, y);
  }
  Tensor y = binary<kernels::Sub>("sub", a, b);
  record<SubNode>(y, a, b);
  return y;
}

Tensor sub(const Tensor& a, double b) { return sub(a, operand(a, b)); }
Tensor sub(double a, const Tensor& b) { return sub(operand(b, a), b); }

}  // namespace helder
