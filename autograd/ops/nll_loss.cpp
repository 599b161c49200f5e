#include "autograd/ops/nll_loss.h"

#include "autograd/node.h"
#include "autograd/ops/class_labels.h"
#include "kernels/cross_entropy/nll_loss.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// loss = -w[t] x[t].  dx = -w[t] [k = t].
struct NllLossNode final : Node {
  NllLossNode() : Node("nll_loss") {}
  kernels::ReduceGeometry geometry;
  int64_t ignore_index = 0;
  bool one_dloss = false;
  double scale = 1;
  Saved labels{*this, "target"}, weight{*this, "weight"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor dloss = contiguous_copy(dy);
    Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), labels.get(), dloss)) {
        kernels::nll_loss_backward_cpu(geometry, ignore_index, labels.get().data<int64_t>(),
                                       data_or_null<T>(weight.get()), dloss.data<T>(), one_dloss, scale,
                                       dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::nll_loss_backward_cuda(geometry, ignore_index, labels.get().cuda_data<int64_t>(),
                                        cuda_data_or_null<T>(weight.get()), dloss.cuda_data<T>(), one_dloss,
                                        scale, dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

}  // namespace

Tensor nll_loss(const Tensor& log_p, const Tensor& target, const NllLossOptions& options) {
  const ClassLabels classes("nll_loss", log_p, target, options.weight, options.ignore_index);
  const Tensor x = contiguous_copy(log_p);
  const Tensor losses = empty(classes.labels.shape(), x.dtype(), x.device());
  visit_floating(x.dtype(), "nll_loss", [&]<class T>() {
    if (on_cpu("nll_loss", x, classes.labels, classes.weight)) {
      kernels::nll_loss_forward_cpu(classes.geometry, options.ignore_index, x.data<T>(),
                                    classes.labels.data<int64_t>(), data_or_null<T>(classes.weight),
                                    losses.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::nll_loss_forward_cuda(classes.geometry, options.ignore_index, x.cuda_data<T>(),
                                     classes.labels.cuda_data<int64_t>(),
                                     cuda_data_or_null<T>(classes.weight), losses.cuda_data<T>());
    }
  });

  Tensor loss = reduced(losses, options.reduction, classes.counted);
  if (auto* node = record<NllLossNode>(loss, log_p)) {
    node->geometry = classes.geometry;
    node->ignore_index = options.ignore_index;
    node->one_dloss = options.reduction != Reduction::None;
    node->scale = reduction_scale(options.reduction, classes.counted);
    node->labels = classes.labels;
    node->weight = classes.weight;
  }
  return loss;
}

}  // namespace helder
