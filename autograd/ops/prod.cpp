#include "autograd/ops/prod.h"

#include "autograd/node.h"
#include "autograd/ops/reduction_plan.h"
#include "kernels/prod/prod.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// dx[k] = dy times the product of all x but x[k].
struct ProdNode final : Node {
  ProdNode() : Node("prod") {}
  kernels::ReduceGeometry geometry;
  Saved x{*this, "input"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), x.get(), dy)) {
        kernels::prod_backward_cpu(geometry, x.get().data<T>(), dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::prod_backward_cuda(geometry, x.get().cuda_data<T>(), dy.cuda_data<T>(), dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

// No dims means all of them; more than one is not supported, as in PyTorch.
Tensor product(const Tensor& x0, const Shape& dims, bool keepdim) {
  const bool small = x0.dtype() == DType::Bool || x0.dtype() == DType::UInt8;
  const Tensor x = small ? x0.to(DType::Int64) : x0;
  const ReductionPlan plan("prod", x, dims, keepdim);
  Tensor y = empty(plan.result_shape, x.dtype(), x.device());
  visit_arithmetic(x.dtype(), "prod", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::prod_forward_cpu(plan.geometry, plan.x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::prod_forward_cuda(plan.geometry, plan.x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<ProdNode>(y, x)) {
    node->geometry = plan.geometry;
    node->x = plan.x;
  }
  return y;
}

}  // namespace

Tensor prod(const Tensor& x) { return product(x, {}, false); }
Tensor prod(const Tensor& x, int64_t dim, bool keepdim) { return product(x, {dim}, keepdim); }

}  // namespace helder
