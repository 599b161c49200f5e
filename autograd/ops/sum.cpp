#include "autograd/ops/sum.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduction_plan.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

// Every element counts once: dx = dy, stretched over the reduced dimensions.
struct SumNode final : Node, HasAttributes {
  SumNode() : Node("sum") {}
  Shape keepdim_shape;
  Shape dims;
  bool keepdim = false;

  Attributes attributes() const override { return {{"dim", dims}, {"keepdim", int64_t{keepdim}}}; }

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {views::expand(views::reshape(dy, keepdim_shape), input_shape(0))};
  }
};

}  // namespace

Tensor sum(const Tensor& x0, const Shape& dims, bool keepdim) {
  const bool small = x0.dtype() == DType::Bool || x0.dtype() == DType::UInt8;
  const Tensor x = small ? x0.to(DType::Int64) : x0;
  const ReductionPlan plan("sum", x, dims, keepdim);
  Tensor y = empty(plan.result_shape, x.dtype(), x.device());
  visit_arithmetic(x.dtype(), "sum", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::sum_cpu(plan.geometry, plan.x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::sum_cuda(plan.geometry, plan.x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<SumNode>(y, x)) {
    node->keepdim_shape = plan.keepdim_shape;
    node->dims = dims;
    node->keepdim = keepdim;
  }
  return y;
}

Tensor sum_to(const Tensor& dy, const Shape& shape) {
  if (dy.shape() == shape) {
    return dy;
  }
  NoGrad guard;
  const int added = dy.rank() - shape.rank();
  Shape dims;
  for (int d = 0; d < dy.rank(); ++d) {
    if (d < added || (shape[d - added] == 1 && dy.shape()[d] != 1)) {
      dims.push_back(d);
    }
  }
  return views::reshape(dims.empty() ? dy : sum(dy, dims), shape);
}

}  // namespace helder
