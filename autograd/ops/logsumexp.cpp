#include "autograd/ops/logsumexp.h"

#include "autograd/node.h"
#include "autograd/ops/div.h"
#include "autograd/ops/exp.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/reduction_plan.h"
#include "autograd/ops/sub.h"
#include "kernels/softmax/logsumexp.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

// y = shift + ln total, total = sum e^(x - shift).  dx = dy e^(x - shift) / total: the softmax. (e^(x - y)
// would lose digits where y is large.)
struct LogsumexpNode final : Node {
  LogsumexpNode() : Node("logsumexp") {}
  Saved x{*this, "input"}, shift{*this, "shift"}, total{*this, "total"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor share = div(views::reshape(dy, total.get().shape()), total);
    return {mul(exp(sub(x, shift)), share)};
  }
};

}  // namespace

Tensor logsumexp(const Tensor& x0, const Shape& dims, bool keepdim) {
  const Tensor x = is_floating_point(x0.dtype()) ? x0 : x0.to(DType::Float32);
  const ReductionPlan plan("logsumexp", x, dims, keepdim);
  Tensor y = empty(plan.result_shape, x.dtype(), x.device());
  const Tensor shift = empty(plan.keepdim_shape, x.dtype(), x.device());
  const Tensor total = empty(plan.keepdim_shape, x.dtype(), x.device());
  visit_floating(x.dtype(), "logsumexp", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::logsumexp_cpu(plan.geometry, plan.x.data<T>(), shift.data<T>(), total.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::logsumexp_cuda(plan.geometry, plan.x.cuda_data<T>(), shift.cuda_data<T>(),
                              total.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<LogsumexpNode>(y, x)) {
    node->x = x;
    node->shift = shift;
    node->total = total;
  }
  return y;
}

}  // namespace helder
