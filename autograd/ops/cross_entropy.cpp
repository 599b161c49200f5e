#include "autograd/ops/cross_entropy.h"

#include "autograd/node.h"
#include "autograd/ops/class_labels.h"
#include "autograd/ops/soft_cross_entropy.h"
#include "kernels/cross_entropy/cross_entropy.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// loss = -w[t] log softmax(x)[t].  dx = w[t] (softmax(x) - [k = t]), computed again from the logits and two
// numbers a row.
struct CrossEntropyNode final : Node {
  CrossEntropyNode() : Node("cross_entropy") {}
  kernels::ReduceGeometry geometry;
  kernels::CrossEntropyRule rule;
  bool one_dloss = false;
  double scale = 1;
  Saved logits{*this, "logits"}, labels{*this, "target"}, weight{*this, "weight"}, maximum{*this, "maximum"},
      log_total{*this, "log_total"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor dloss = contiguous_copy(dy);
    const Tensor& x = logits;
    Tensor dx = empty_like(x);
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), x, dloss)) {
        kernels::cross_entropy_backward_cpu(geometry, rule, x.data<T>(), labels.get().data<int64_t>(),
                                            data_or_null<T>(weight.get()), maximum.get().data<T>(),
                                            log_total.get().data<T>(), dloss.data<T>(), one_dloss, scale,
                                            dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::cross_entropy_backward_cuda(
            geometry, rule, x.cuda_data<T>(), labels.get().cuda_data<int64_t>(),
            cuda_data_or_null<T>(weight.get()), maximum.get().cuda_data<T>(), log_total.get().cuda_data<T>(),
            dloss.cuda_data<T>(), one_dloss, scale, dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

}  // namespace

Tensor cross_entropy(const Tensor& logits, const Tensor& target, const CrossEntropyOptions& options) {
  check(options.label_smoothing >= 0 && options.label_smoothing <= 1,
        "cross_entropy: label_smoothing must be in [0, 1], got {}", options.label_smoothing);
  if (logits.rank() > 0 && target.shape() == logits.shape()) {
    check(options.ignore_index < 0,
          "cross_entropy: a target of probabilities has no label to ignore, but ignore_index is {}",
          options.ignore_index);
    return soft_cross_entropy(logits, target, options.weight, options.label_smoothing, options.reduction);
  }
  const ClassLabels classes("cross_entropy", logits, target, options.weight, options.ignore_index);
  const kernels::CrossEntropyRule rule{options.label_smoothing, options.ignore_index};
  const Tensor x = contiguous_copy(logits);
  const Tensor& labels = classes.labels;
  const Tensor maximum = empty(labels.shape(), x.dtype(), x.device());
  const Tensor log_total = empty(labels.shape(), x.dtype(), x.device());
  const Tensor losses = empty(labels.shape(), x.dtype(), x.device());
  visit_floating(x.dtype(), "cross_entropy", [&]<class T>() {
    if (on_cpu("cross_entropy", x, labels, classes.weight)) {
      kernels::cross_entropy_forward_cpu(classes.geometry, rule, x.data<T>(), labels.data<int64_t>(),
                                         data_or_null<T>(classes.weight), maximum.data<T>(),
                                         log_total.data<T>(), losses.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::cross_entropy_forward_cuda(classes.geometry, rule, x.cuda_data<T>(),
                                          labels.cuda_data<int64_t>(), cuda_data_or_null<T>(classes.weight),
                                          maximum.cuda_data<T>(), log_total.cuda_data<T>(),
                                          losses.cuda_data<T>());
    }
  });

  Tensor loss = reduced(losses, options.reduction, classes.counted);
  if (auto* node = record<CrossEntropyNode>(loss, logits)) {
    node->geometry = classes.geometry;
    node->rule = rule;
    node->one_dloss = options.reduction != Reduction::None;
    node->scale = reduction_scale(options.reduction, classes.counted);
    node->logits = x;
    node->labels = labels;
    node->weight = classes.weight;
    node->maximum = maximum;
    node->log_total = log_total;
  }
  return loss;
}

}  // namespace helder
