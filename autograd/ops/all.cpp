#include "autograd/ops/all.h"

#include "autograd/ops/reduction_plan.h"
#include "kernels/reduce/any.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {

Tensor all(const Tensor& x, const Shape& dims, bool keepdim) {
  const ReductionPlan plan("all", converted_copy(x, DType::Bool), dims, keepdim);
  const Tensor y = empty(plan.result_shape, DType::Bool, x.device());
  if (x.is_cpu()) {
    kernels::all_cpu(plan.geometry, plan.x.data<bool>(), y.data<bool>());
  } else if constexpr (kCudaBuilt) {
    kernels::all_cuda(plan.geometry, plan.x.cuda_data<bool>(), y.cuda_data<bool>());
  }
  return x.dtype() == DType::UInt8 ? converted_copy(y, DType::UInt8) : y;
}

}  // namespace helder
