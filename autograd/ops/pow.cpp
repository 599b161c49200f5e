#include "autograd/ops/pow.h"

#include "autograd/ops/compare.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/log.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/where.h"
#include "kernels/elementwise/arithmetic.h"

namespace helder {
namespace {

// y = a^b.  da = dy b a^(b-1),  db = dy y ln a, each summed over what was broadcast. Where the factor in
// front is zero the derivative is zero, even if the other factor is infinite: b = 0 for da, y = 0 for db.
struct PowNode final : Node {
  PowNode() : Node("pow") {}
  Saved a{*this, "a"}, b{*this, "b"}, y{*this, "output"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    Tensor da, db;
    const Tensor zero = scalar(0, dtype(), device());
    if (needs_grad(0)) {
      const Tensor slope = mul(b, pow(a.get(), sub(b, 1)));
      da = sum_to(mul(dy, where(eq(b, zero), zero, slope)), input_shape(0));
    }
    if (needs_grad(1)) {
      const Tensor slope = mul(y, log(a));
      db = sum_to(mul(dy, where(eq(y, zero), zero, slope)), input_shape(1));
    }
    return {da, db};
  }
};

}  // namespace

Tensor pow(const Tensor& a0, const Tensor& b0) {
  const auto [a, b] = promoted(a0, b0);
  Tensor y = binary<kernels::Pow>("pow", a, b);
  if (auto* node = record<PowNode>(y, a, b)) {
    node->a = a;
    node->b = b;
    node->y = node->needs_grad(1) ? y : Tensor();
  }
  return y;
}

Tensor pow(const Tensor& a, double b) { return pow(a, operand(a, b)); }

}  // namespace helder
