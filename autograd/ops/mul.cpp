#include "autograd/ops/mul.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/arithmetic.h"

namespace helder {
namespace {

// y = a b.  da = dy b,  db = dy a, each summed over what was broadcast.
struct MulNode final : Node {
  MulNode() : Node("mul") {}
  Saved a{*this, "a"}, b{*this, "b"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {needs_grad(0) ? sum_to(mul(dy, b), input_shape(0)) : Tensor(),
            needs_grad(1) ? sum_to(mul(dy, a), input_shape(1)) : Tensor()};
  }
};

}  // namespace

Tensor mul(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype()) {
    const auto [x, y] = promoted(a, b);
    return mul(x, y);
  }
  Tensor y = binary<kernels::Mul>("mul", a, b);
  if (auto* node = record<MulNode>(y, a, b)) {
    node->a = node->needs_grad(1) ? a : Tensor();
    node->b = node->needs_grad(0) ? b : Tensor();
  }
  return y;
}

Tensor mul(const Tensor& a, double b) { return mul(a, operand(a, b)); }

Tensor& mul_(Tensor& a, double b) {
  a.mark_changed("mul_");
  const Tensor factor = scalar(b, a.dtype(), a.device());
  const StridedLoop<3> loop(a.shape(), {a.strides(), a.strides(), broadcast_strides({}, {}, a.shape())});
  visit_arithmetic(a.dtype(), "mul_",
                   [&]<class T>() { binary_into<kernels::Mul, T>("mul_", a, a, factor, {}, loop); });
  return a;
}

}  // namespace helder
