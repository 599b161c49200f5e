#include "autograd/ops/add.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/arithmetic.h"

namespace helder {
namespace {

// y = a + b.  da = dy,  db = dy, each summed over what was broadcast.
struct AddNode final : Node {
  AddNode() : Node("add") {}

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {needs_grad(0) ? sum_to(dy, input_shape(0)) : Tensor(),
            needs_grad(1) ? sum_to(dy, input_shape(1)) : Tensor()};
  }
};

}  // namespace

Tensor add(const Tensor& a, const Tensor& b) {
  if (a.dtype() != b.dtype()) {
    const auto [x, y] = promoted(a, b);
    return add(x, y);
  }
  Tensor y = binary<kernels::Add>("add", a, b);
  record<AddNode>(y, a, b);
  return y;
}

Tensor add(const Tensor& a, double b) { return add(a, operand(a, b)); }

Tensor& add_(Tensor& a, const Tensor& b0, double alpha) {
  const Tensor b = b0.detach().to(a.dtype());
  check(broadcast_shapes("add_", a.shape(), b.shape()) == a.shape(),
        "add_: cannot add shape {} into shape {}", b.shape(), a.shape());
  a.mark_changed("add_");
  const StridedLoop<3> loop(a.shape(),
                            {a.strides(), a.strides(), broadcast_strides(b.shape(), b.strides(), a.shape())});
  visit_arithmetic(a.dtype(), "add_",
                   [&]<class T>() { binary_into<kernels::AddScaled, T>("add_", a, a, b, {alpha}, loop); });
  return a;
}

}  // namespace helder
