#include "autograd/ops/binary_cross_entropy_with_logits.h"

#include "autograd/ops/pair_loss.h"
#include "kernels/binary_cross_entropy_with_logits/binary_cross_entropy_with_logits.h"

namespace helder {
namespace {

constexpr const char* kName = "binary_cross_entropy_with_logits";

// loss = w [(1 - t) softplus(x) + p t softplus(-x)].
// dx = w [(1 - t) sigmoid(x) - p t sigmoid(-x)],  dt = w [p softplus(-x) - softplus(x)].
struct BinaryCrossEntropyWithLogitsNode final : Node {
  BinaryCrossEntropyWithLogitsNode() : Node(kName) {}
  bool one_dloss = false;
  double scale = 1;
  Saved x{*this, "x"}, target{*this, "target"}, weight{*this, "weight"}, pos_weight{*this, "pos_weight"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor dloss = contiguous_copy(dy);
    return {needs_grad(0) ? gradient(dloss, kernels::PairSide::X) : Tensor(),
            needs_grad(1) ? gradient(dloss, kernels::PairSide::Target) : Tensor()};
  }

  Tensor gradient(const Tensor& dloss, kernels::PairSide side) const {
    Tensor d = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), kName, [&]<class T>() {
      if (on_cpu(kName, x.get(), target.get(), dloss)) {
        kernels::binary_cross_entropy_with_logits_backward_cpu(
            side, d.numel(), x.get().data<T>(), target.get().data<T>(), data_or_null<T>(weight.get()),
            data_or_null<T>(pos_weight.get()), dloss.data<T>(), one_dloss, scale, d.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::binary_cross_entropy_with_logits_backward_cuda(
            side, d.numel(), x.get().cuda_data<T>(), target.get().cuda_data<T>(),
            cuda_data_or_null<T>(weight.get()), cuda_data_or_null<T>(pos_weight.get()), dloss.cuda_data<T>(),
            one_dloss, scale, d.cuda_data<T>());
      }
    });
    return d;
  }
};

}  // namespace

Tensor binary_cross_entropy_with_logits(const Tensor& x0, const Tensor& target0,
                                        const BinaryCrossEntropyWithLogitsOptions& options) {
  const auto operands = paired(kName, x0, target0);
  const Tensor& x = operands.first;
  const Tensor& target = operands.second;
  const Tensor weight = loss_weight(kName, "weight", options.weight, x);
  const Tensor pos_weight = loss_weight(kName, "pos_weight", options.pos_weight, x);
  const Tensor losses = empty_like(x);
  visit_floating(x.dtype(), kName, [&]<class T>() {
    if (on_cpu(kName, x, target, weight, pos_weight)) {
      kernels::binary_cross_entropy_with_logits_forward_cpu(x.numel(), x.data<T>(), target.data<T>(),
                                                            data_or_null<T>(weight),
                                                            data_or_null<T>(pos_weight), losses.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::binary_cross_entropy_with_logits_forward_cuda(
          x.numel(), x.cuda_data<T>(), target.cuda_data<T>(), cuda_data_or_null<T>(weight),
          cuda_data_or_null<T>(pos_weight), losses.cuda_data<T>());
    }
  });

  Tensor loss = reduced(losses, options.reduction, x.numel());
  if (auto* node = record<BinaryCrossEntropyWithLogitsNode>(loss, x, target)) {
    node->one_dloss = options.reduction != Reduction::None;
    node->scale = reduction_scale(options.reduction, x.numel());
    node->x = x;
    node->target = target;
    node->weight = weight;
    node->pos_weight = pos_weight;
  }
  return loss;
}

}  // namespace helder
