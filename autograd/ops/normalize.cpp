#include "autograd/ops/normalize.h"

#include <cmath>

#include "autograd/node.h"
#include "autograd/ops/abs.h"
#include "autograd/ops/clamp.h"
#include "autograd/ops/div.h"
#include "autograd/ops/max.h"
#include "autograd/ops/min.h"
#include "autograd/ops/reduction_plan.h"
#include "kernels/normalize/normalize.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y = x / norm.  dx = (dy - sum(dy y) dnorm/dx) / norm, the sum along dim: for p = 2, dy without its
// component along y, since no step along x turns it.
struct NormalizeNode final : Node {
  NormalizeNode() : Node("normalize") {}
  kernels::ReduceGeometry geometry;
  double p = 2, eps = 0;
  Saved x{*this, "x"}, norm{*this, "norm"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), x.get(), dy)) {
        kernels::normalize_backward_cpu(geometry, p, eps, x.get().data<T>(), norm.get().data<T>(),
                                        dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::normalize_backward_cuda(geometry, p, eps, x.get().cuda_data<T>(), norm.get().cuda_data<T>(),
                                         dy.cuda_data<T>(), dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

}  // namespace

Tensor normalize(const Tensor& x, double p, int64_t dim, double eps) {
  check(!std::isnan(p), "normalize: p must be a number, got {}", p);
  if (std::isinf(p)) {
    const Tensor norm = p > 0 ? amax(abs(x), {dim}, true) : amin(abs(x), {dim}, true);
    return x / clamp_min(norm, eps);
  }
  const ReductionPlan plan("normalize", x, {dim}, true);
  const Tensor y = empty_like(x);
  const Tensor norm = empty({plan.geometry.outer, plan.geometry.inner}, x.dtype(), x.device());
  visit_floating(x.dtype(), "normalize", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::normalize_forward_cpu(plan.geometry, p, eps, plan.x.data<T>(), norm.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::normalize_forward_cuda(plan.geometry, p, eps, plan.x.cuda_data<T>(), norm.cuda_data<T>(),
                                      y.cuda_data<T>());
    }
  });
  if (auto* node = record<NormalizeNode>(y, x)) {
    node->geometry = plan.geometry;
    node->p = p;
    node->eps = eps;
    node->x = plan.x;
    node->norm = norm;
  }
  return y;
}

}  // namespace helder
