#include "autograd/ops/norm.h"

#include "autograd/ops/div.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/reduction_plan.h"
#include "autograd/ops/sum.h"
#include "kernels/norm/norm.h"
#include "tensor/views.h"

namespace helder {
namespace {

// dx = dy times dy/dx, which kernels/norm/norm.h gives for each ord.
struct NormNode final : Node {
  NormNode() : Node("norm") {}
  double ord = 2;
  Shape dims, keepdim_shape;
  Saved x{*this, "input"}, y{*this, "output"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    if (ord == 0) {
      return {zeros(input_shape(0), dtype(), device())};
    }
    const Tensor dy = views::reshape(dy0, keepdim_shape);
    if (ord == 1) {
      return {mul(dy, slope<kernels::Norm1ByInput>())};
    }
    if (ord == 2) {
      return {mul(dy, slope<kernels::Norm2ByInput>())};
    }
    if (std::isinf(ord)) {
      const Tensor count = sum(slope<kernels::IsExtreme>(), dims, true);
      return {mul(div(dy, count), slope<kernels::ExtremeNormByInput>())};
    }
    return {mul(dy, slope(kernels::NormByInput{ord}))};
  }

  template <class F>
  Tensor slope(const F& f = {}) const {
    return binary(name(), x, views::reshape(y, keepdim_shape), f);
  }
};

}  // namespace

Tensor norm(const Tensor& x, double ord, const Shape& dims, bool keepdim) {
  check(is_floating_point(x.dtype()), "norm: expected floating point, got {}", name_of(x.dtype()));
  check(ord == ord, "norm: ord must be a number, got NaN");
  const ReductionPlan plan("norm", x, dims, keepdim);
  check(plan.geometry.n > 0 || (ord >= 0 && !std::isinf(ord)) || plan.result_shape.numel() == 0,
        "norm: there is no norm of order {} of no elements (input {})", ord, x.shape());
  Tensor y = empty(plan.result_shape, x.dtype(), x.device());
  visit_floating(x.dtype(), "norm", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::norm_forward_cpu(plan.geometry, ord, plan.x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::norm_forward_cuda(plan.geometry, ord, plan.x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<NormNode>(y, x)) {
    node->ord = ord;
    node->dims = dims;
    node->keepdim_shape = plan.keepdim_shape;
    node->x = x;
    node->y = y;
  }
  return y;
}

}  // namespace helder
