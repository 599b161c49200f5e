#include "autograd/ops/reduction.h"

#include "autograd/ops/mean.h"
#include "autograd/ops/sum.h"
#include "kernels/reduce/reduce.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {

Tensor reduced(const Tensor& losses, Reduction reduction, double count) {
  if (reduction == Reduction::None) {
    return losses;
  }
  Tensor total = empty({}, losses.dtype(), losses.device());
  visit_floating(losses.dtype(), "loss", [&]<class T>() {
    const kernels::ReduceGeometry all = {1, losses.numel(), 1};
    const double scale = reduction_scale(reduction, count);
    if (losses.is_cpu()) {
      kernels::sum_cpu(all, losses.data<T>(), total.data<T>(), scale);
    } else if constexpr (kCudaBuilt) {
      kernels::sum_cuda(all, losses.cuda_data<T>(), total.cuda_data<T>(), scale);
    }
  });
  return total;
}

Tensor reduce_recorded(const Tensor& losses, Reduction reduction) {
  return reduction == Reduction::None ? losses : reduction == Reduction::Sum ? sum(losses) : mean(losses);
}

}  // namespace helder
