#include "autograd/ops/var.h"

#include <algorithm>

#include "autograd/node.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/reduction_plan.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/sum.h"
#include "tensor/views.h"

namespace helder {
namespace {

// y = 1/m sum (x - mean)^2,  m = n - correction.  dx = dy 2/m (x - mean): what flows through the mean
// cancels, because the distances from it sum to zero.
struct VarNode final : Node {
  VarNode() : Node("var") {}
  Shape keepdim_shape;
  double m = 1;
  Saved distance{*this, "distance from the mean"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {mul(mul(views::reshape(dy, keepdim_shape), 2 / m), distance)};
  }
};

}  // namespace

Tensor var(const Tensor& x, const Shape& dims, int64_t correction, bool keepdim) {
  check(is_floating_point(x.dtype()), "var: expected floating point, got {}", name_of(x.dtype()));
  const ReductionPlan plan("var", x, dims, keepdim);
  const double m = std::max(0.0, static_cast<double>(plan.geometry.n) - static_cast<double>(correction));
  Tensor y, distance;
  {
    NoGrad guard;
    distance = sub(x, mean(x, dims, true));
    y = mul(sum(mul(distance, distance), dims, keepdim), 1 / m);
  }
  if (auto* node = record<VarNode>(y, x)) {
    node->keepdim_shape = plan.keepdim_shape;
    node->m = m;
    node->distance = distance;
  }
  return y;
}

}  // namespace helder
