#include "autograd/ops/softmax.h"

#include "autograd/node.h"
#include "autograd/ops/reduction_plan.h"
#include "kernels/softmax/softmax.h"
#include "tensor/copy.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// y = e^x / sum(e^x).  dx = y (dy - sum(dy y)), the sums along dim.
struct SoftmaxNode final : Node {
  SoftmaxNode() : Node("softmax") {}
  kernels::ReduceGeometry geometry;
  Saved y{*this, "output"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const Tensor& saved = y;
    Tensor dx = empty_like(saved);
    visit_floating(dtype(), name(), [&]<class T>() {
      kernels::softmax_backward_cpu(geometry, saved.data<T>(), dy.data<T>(), dx.data<T>());
    });
    return {dx};
  }
};

}  // namespace

Tensor softmax(const Tensor& x, int64_t dim) {
  const ReductionPlan plan("softmax", x, {dim}, true);
  Tensor y = empty_like(x);
  visit_floating(x.dtype(), "softmax", [&]<class T>() {
    kernels::softmax_forward_cpu(plan.geometry, plan.x.data<T>(), y.data<T>());
  });
  if (auto* node = record<SoftmaxNode>(y, x)) {
    node->geometry = plan.geometry;
    node->y = y;
  }
  return y;
}

}  // namespace helder
