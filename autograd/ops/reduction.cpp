#include "autograd/ops/reduction.h"

#include "autograd/ops/mean.h"
#include "autograd/ops/sum.h"
#include "kernels/reduce/reduce.h"
#include "tensor/factories.h"

namespace helder {

Tensor reduced(const Tensor& losses, Reduction reduction, double count) {
  if (reduction == Reduction::None) {
    return losses;
  }
  Tensor total = empty({}, losses.dtype(), losses.device());
  visit_floating(losses.dtype(), "loss", [&]<class T>() {
    kernels::sum_cpu({1, losses.numel(), 1}, losses.data<T>(), total.data<T>(),
                     reduction_scale(reduction, count));
  });
  return total;
}

Tensor reduce_recorded(const Tensor& losses, Reduction reduction) {
  return reduction == Reduction::None ? losses : reduction == Reduction::Sum ? sum(losses) : mean(losses);
}

}  // namespace helder
