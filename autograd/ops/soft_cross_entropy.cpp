#include "autograd/ops/soft_cross_entropy.h"

#include "autograd/node.h"
#include "autograd/ops/class_labels.h"
#include "kernels/cross_entropy/soft_cross_entropy.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// With log p = log softmax(x) and q = (1 - s) t + s/n:  loss = - sum over k of q w log p.
// dx = (sum over k of q w) p - q w,  dt = -(1 - s) w log p.
struct SoftCrossEntropyNode final : Node {
  SoftCrossEntropyNode() : Node("cross_entropy") {}
  kernels::ReduceGeometry geometry;
  double smoothing = 0;
  bool one_dloss = false;
  double scale = 1;
  Saved logits{*this, "logits"}, target{*this, "target"}, weight{*this, "weight"}, maximum{*this, "maximum"},
      log_total{*this, "log_total"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor dloss = contiguous_copy(dy);
    const Tensor& x = logits;
    const Tensor dx = needs_grad(0) ? empty_like(x) : Tensor();
    const Tensor dt = needs_grad(1) ? empty_like(x) : Tensor();
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), x, dloss)) {
        const kernels::SoftCrossEntropy<T> row = {geometry, static_cast<T>(smoothing), x.data<T>(),
                                                  target.get().data<T>(), data_or_null<T>(weight.get())};
        if (dx.defined()) {
          kernels::soft_cross_entropy_backward_x_cpu(row, maximum.get().data<T>(), log_total.get().data<T>(),
                                                     dloss.data<T>(), one_dloss, scale, dx.data<T>());
        }
        if (dt.defined()) {
          kernels::soft_cross_entropy_backward_target_cpu(row, maximum.get().data<T>(),
                                                          log_total.get().data<T>(), dloss.data<T>(),
                                                          one_dloss, scale, dt.data<T>());
        }
      } else if constexpr (kCudaBuilt) {
        const kernels::SoftCrossEntropy<T> row = {geometry, static_cast<T>(smoothing), x.cuda_data<T>(),
                                                  target.get().cuda_data<T>(),
                                                  cuda_data_or_null<T>(weight.get())};
        if (dx.defined()) {
          kernels::soft_cross_entropy_backward_x_cuda(row, maximum.get().cuda_data<T>(),
                                                      log_total.get().cuda_data<T>(), dloss.cuda_data<T>(),
                                                      one_dloss, scale, dx.cuda_data<T>());
        }
        if (dt.defined()) {
          kernels::soft_cross_entropy_backward_target_cuda(
              row, maximum.get().cuda_data<T>(), log_total.get().cuda_data<T>(), dloss.cuda_data<T>(),
              one_dloss, scale, dt.cuda_data<T>());
        }
      }
    });
    return {dx, dt};
  }
};

}  // namespace

Tensor soft_cross_entropy(const Tensor& logits, const Tensor& target, const Tensor& given_weight,
                          double label_smoothing, Reduction reduction) {
  check(target.dtype() == logits.dtype(),
        "cross_entropy: a target in the input's shape holds probabilities and must be {} as the input is, "
        "got {}",
        name_of(logits.dtype()), name_of(target.dtype()));
  const kernels::ReduceGeometry geometry = class_geometry("cross_entropy", logits);
  const Tensor weight = class_weight("cross_entropy", logits, given_weight);
  const Tensor x = contiguous_copy(logits);
  const Tensor t = contiguous_copy(target);
  Shape rows = logits.shape();
  rows.erase(logits.rank() == 1 ? 0 : 1);
  const Tensor maximum = empty(rows, x.dtype(), x.device());
  const Tensor log_total = empty(rows, x.dtype(), x.device());
  const Tensor losses = empty(rows, x.dtype(), x.device());
  visit_floating(x.dtype(), "cross_entropy", [&]<class T>() {
    if (on_cpu("cross_entropy", x, t, weight)) {
      const kernels::SoftCrossEntropy<T> row = {geometry, static_cast<T>(label_smoothing), x.data<T>(),
                                                t.data<T>(), data_or_null<T>(weight)};
      kernels::soft_cross_entropy_forward_cpu(row, maximum.data<T>(), log_total.data<T>(), losses.data<T>());
    } else if constexpr (kCudaBuilt) {
      const kernels::SoftCrossEntropy<T> row = {geometry, static_cast<T>(label_smoothing), x.cuda_data<T>(),
                                                t.cuda_data<T>(), cuda_data_or_null<T>(weight)};
      kernels::soft_cross_entropy_forward_cuda(row, maximum.cuda_data<T>(), log_total.cuda_data<T>(),
                                               losses.cuda_data<T>());
    }
  });

  const auto count = static_cast<double>(losses.numel());
  Tensor loss = reduced(losses, reduction, count);
  if (auto* node = record<SoftCrossEntropyNode>(loss, logits, target)) {
    node->geometry = geometry;
    node->smoothing = label_smoothing;
    node->one_dloss = reduction != Reduction::None;
    node->scale = reduction_scale(reduction, count);
    node->logits = x;
    node->target = t;
    node->weight = weight;
    node->maximum = maximum;
    node->log_total = log_total;
  }
  return loss;
}

}  // namespace helder
