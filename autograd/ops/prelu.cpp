#include "autograd/ops/prelu.h"

#include "autograd/ops/elementwise.h"
#include "autograd/ops/mul.h"
#include "kernels/elementwise/prelu.h"
#include "tensor/views.h"

namespace helder {
namespace {

// y = x or w x.  dx = dy or dy w,  dw = the sum of x dy where x <= 0, over all that shares the weight.
struct PreluNode final : Node {
  PreluNode() : Node("prelu") {}
  Saved x{*this, "input"}, w{*this, "weight, as it broadcasts"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    Tensor dx, dw;
    if (needs_grad(0)) {
      dx = mul(dy, binary<kernels::PreluByInput>(name(), x, w));
    }
    if (needs_grad(1)) {
      const Tensor share = binary<kernels::PreluByWeight>(name(), x, dy);
      dw = views::reshape(sum_to(share, w.get().shape()), input_shape(1));
    }
    return {dx, dw};
  }
};

// [C] as [C, 1, 1, ...], so that it broadcasts along dimension 1 of an input of this rank.
Shape broadcast_shape(int64_t channels, int rank) {
  Shape shape;
  if (channels != 1) {
    shape.push_back(channels);
    for (int d = 2; d < rank; ++d) {
      shape.push_back(1);
    }
  }
  return shape;
}

}  // namespace

Tensor prelu(const Tensor& x, const Tensor& weight) {
  check(x.dtype() == weight.dtype() && is_floating_point(x.dtype()),
        "prelu: input and weight must have one floating point type, got {} and {}", name_of(x.dtype()),
        name_of(weight.dtype()));
  const int64_t channels = x.rank() >= 2 ? x.size(1) : 1;
  check(weight.rank() <= 1 && (weight.numel() == 1 || weight.numel() == channels),
        "prelu: weight must hold 1 number or one for each of the {} channels, got {} (input {})", channels,
        weight.shape(), x.shape());
  const Tensor w = views::reshape(weight.detach(), broadcast_shape(weight.numel(), x.rank()));
  Tensor y = binary<kernels::Prelu>("prelu", x, w);
  if (auto* node = record<PreluNode>(y, x, weight)) {
    node->x = x;
    node->w = w;
  }
  return y;
}

}  // namespace helder
