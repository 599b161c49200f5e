#include "autograd/ops/std.h"

#include <algorithm>

#include "autograd/node.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/div.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/reduction_plan.h"
#include "autograd/ops/sqrt.h"
#include "autograd/ops/sub.h"
#include "autograd/ops/sum.h"
#include "autograd/ops/where.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

// y = sqrt(1/m sum (x - mean)^2),  m = n - correction.  dx = dy (x - mean) / (m y), and 0 where y = 0.
struct StdNode final : Node {
  StdNode() : Node("std") {}
  Shape keepdim_shape;
  double m = 1;
  Saved distance{*this, "distance from the mean"}, y{*this, "output"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor zero = scalar(0, dtype(), device());
    const Tensor slope = where(eq(y, zero), zero, div(div(dy, y), m));
    return {mul(views::reshape(slope, keepdim_shape), distance)};
  }
};

}  // namespace

Tensor std(const Tensor& x, const Shape& dims, int64_t correction, bool keepdim) {
  check(is_floating_point(x.dtype()), "std: expected floating point, got {}", name_of(x.dtype()));
  const ReductionPlan plan("std", x, dims, keepdim);
  const double m = static_cast<double>(plan.geometry.n) - static_cast<double>(correction);
  Tensor y, distance;
  {
    NoGrad guard;
    distance = sub(x, mean(x, dims, true));
    y = sqrt(mul(sum(mul(distance, distance), dims, keepdim), 1 / std::max(0.0, m)));
  }
  if (auto* node = record<StdNode>(y, x)) {
    node->keepdim_shape = plan.keepdim_shape;
    node->m = m;
    node->distance = distance;
    node->y = y;
  }
  return y;
}

}  // namespace helder
