#include "autograd/ops/cumsum.h"

#include "autograd/node.h"
#include "autograd/ops/reduction_plan.h"
#include "kernels/reduce/cumsum.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// y[k] = sum of x[l] over l <= k, so x[l] counts in all y[k] behind it:  dx[l] = sum of dy[k] over k >= l.
struct CumsumNode final : Node {
  CumsumNode() : Node("cumsum") {}
  kernels::ReduceGeometry geometry;

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (dy.is_cpu()) {
        kernels::cumsum_cpu(geometry, true, dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::cumsum_cuda(geometry, true, dy.cuda_data<T>(), dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

}  // namespace

Tensor cumsum(const Tensor& x0, int64_t dim) {
  const bool small = x0.dtype() == DType::Bool || x0.dtype() == DType::UInt8;
  const Tensor x = small ? x0.to(DType::Int64) : x0;
  const ReductionPlan plan("cumsum", x, {dim}, true);
  Tensor y = empty_like(x);
  visit_arithmetic(x.dtype(), "cumsum", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::cumsum_cpu(plan.geometry, false, plan.x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::cumsum_cuda(plan.geometry, false, plan.x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<CumsumNode>(y, x)) {
    node->geometry = plan.geometry;
  }
  return y;
}

}  // namespace helder
