#include "autograd/ops/mean.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/reduction_plan.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

// y = 1/n sum x.  dx = dy / n, stretched over the reduced dimensions.
struct MeanNode final : Node, HasAttributes {
  MeanNode() : Node("mean") {}
  Shape keepdim_shape;
  int64_t n = 1;
  Shape dims;
  bool keepdim = false;

  Attributes attributes() const override { return {{"dim", dims}, {"keepdim", int64_t{keepdim}}}; }

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor share = mul(dy, 1 / static_cast<double>(n));
    return {views::expand(views::reshape(share, keepdim_shape), input_shape(0))};
  }
};

}  // namespace

Tensor mean(const Tensor& x, const Shape& dims, bool keepdim) {
  const ReductionPlan plan("mean", x, dims, keepdim);
  Tensor y = empty(plan.result_shape, x.dtype(), x.device());
  visit_floating(x.dtype(), "mean", [&]<class T>() {
    const double share = 1 / static_cast<double>(plan.geometry.n);
    if (x.is_cpu()) {
      kernels::sum_cpu(plan.geometry, plan.x.data<T>(), y.data<T>(), share);
    } else if constexpr (kCudaBuilt) {
      kernels::sum_cuda(plan.geometry, plan.x.cuda_data<T>(), y.cuda_data<T>(), share);
    }
  });
  if (auto* node = record<MeanNode>(y, x)) {
    node->keepdim_shape = plan.keepdim_shape;
    node->n = plan.geometry.n;
    node->dims = dims;
    node->keepdim = keepdim;
  }
  return y;
}

}  // namespace helder
