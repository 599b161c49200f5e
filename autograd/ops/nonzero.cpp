#include "autograd/ops/nonzero.h"

#include "kernels/nonzero/nonzero.h"
#include "tensor/copy.h"
#include "tensor/factories.h"

namespace helder {

Tensor flat_nonzero(const Tensor& given) {
  const Tensor x = contiguous_copy(given.detach());
  return visit_any(x.dtype(), [&]<class T>() {
    const auto starts = kernels::nonzero_starts_cpu(x.numel(), x.data<T>());
    const Tensor positions = empty({starts.back()}, DType::Int64);
    kernels::nonzero_cpu(x.numel(), x.data<T>(), starts, positions.data<int64_t>());
    return positions;
  });
}

Tensor nonzero(const Tensor& x) {
  const Tensor positions = flat_nonzero(x);
  Tensor index = empty({positions.numel(), x.rank()}, DType::Int64);
  kernels::unravel_cpu(x.shape(), positions.numel(), positions.data<int64_t>(), index.data<int64_t>());
  return index;
}

}  // namespace helder
