#include "autograd/ops/argmin.h"

#include "autograd/ops/reduction_plan.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {

Tensor argmin(const Tensor& x, std::optional<int64_t> dim, bool keepdim) {
  const ReductionPlan plan("argmin", x, dim ? Shape{*dim} : Shape(), keepdim);
  check(plan.geometry.n > 0, "argmin: there is no smallest of no elements (input {})", x.shape());
  Tensor index = empty(plan.result_shape, DType::Int64, x.device());
  visit_arithmetic(x.dtype(), "argmin", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::arg_extremum_cpu(plan.geometry, kernels::Order::Min, plan.x.data<T>(), index.data<int64_t>());
    } else if constexpr (kCudaBuilt) {
      kernels::arg_extremum_cuda(plan.geometry, kernels::Order::Min, plan.x.cuda_data<T>(),
                                 index.cuda_data<int64_t>());
    }
  });
  return index;
}

}  // namespace helder
