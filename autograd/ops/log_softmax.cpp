#include "autograd/ops/log_softmax.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "autograd/ops/reduction_plan.h"
#include "kernels/softmax/softmax.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y = x - log(sum(e^x)).  dx = dy - e^y sum(dy), the sums along dim.
struct LogSoftmaxNode final : Node, HasAttributes {
  LogSoftmaxNode() : Node("log_softmax") {}
  kernels::ReduceGeometry geometry;
  int64_t dim = 0;
  Saved y{*this, "output"};

  Attributes attributes() const override { return {{"dim", dim}}; }

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const Tensor& saved = y;
    Tensor dx = empty_like(saved);
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), saved, dy)) {
        kernels::log_softmax_backward_cpu(geometry, saved.data<T>(), dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::log_softmax_backward_cuda(geometry, saved.cuda_data<T>(), dy.cuda_data<T>(),
                                           dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

}  // namespace

Tensor log_softmax(const Tensor& x, int64_t dim) {
  const ReductionPlan plan("log_softmax", x, {dim}, true);
  Tensor y = empty_like(x);
  visit_floating(x.dtype(), "log_softmax", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::log_softmax_forward_cpu(plan.geometry, plan.x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::log_softmax_forward_cuda(plan.geometry, plan.x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<LogSoftmaxNode>(y, x)) {
    node->geometry = plan.geometry;
    node->dim = dim;
    node->y = y;
  }
  return y;
}

}  // namespace helder
