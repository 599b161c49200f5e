#include "autograd/ops/mse_loss.h"

#include "autograd/ops/elementwise.h"
#include "kernels/mse_loss/mse_loss.h"

namespace helder {
namespace {

// loss = (x - t)^2.  dx = 2 (x - t),  dt = -dx.
struct MseLossNode final : Node {
  MseLossNode() : Node("mse_loss") {}
  bool one_dloss = false;
  double scale = 1;
  Saved x{*this, "x"}, target{*this, "target"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor dloss = contiguous_copy(dy);
    return {needs_grad(0) ? gradient(dloss, scale) : Tensor(),
            needs_grad(1) ? gradient(dloss, -scale) : Tensor()};
  }

  Tensor gradient(const Tensor& dloss, double signed_scale) const {
    Tensor dx = empty(input_shape(0), dtype());
    visit_floating(dtype(), name(), [&]<class T>() {
      kernels::mse_loss_backward_cpu(dx.numel(), x.get().data<T>(), target.get().data<T>(), dloss.data<T>(),
                                     one_dloss, signed_scale, dx.data<T>());
    });
    return dx;
  }
};

}  // namespace

Tensor mse_loss(const Tensor& x0, const Tensor& target0, Reduction reduction) {
  check(x0.shape() == target0.shape(), "mse_loss: input {} and target {} must have the same shape",
        x0.shape().str(), target0.shape().str());
  const auto operands = promoted(x0, target0);
  const Tensor x = operands.first.contiguous();
  const Tensor target = operands.second.contiguous();
  const Tensor losses = empty_like(x);
  visit_floating(x.dtype(), "mse_loss", [&]<class T>() {
    kernels::mse_loss_forward_cpu(x.numel(), x.data<T>(), target.data<T>(), losses.data<T>());
  });

  Tensor loss = reduced(losses, reduction, x.numel());
  if (auto* node = record<MseLossNode>(loss, x, target)) {
    node->one_dloss = reduction != Reduction::None;
    node->scale = reduction_scale(reduction, x.numel());
    node->x = x;
    node->target = target;
  }
  return loss;
}

}  // namespace helder
