#include "autograd/ops/nonzero.h"

#include "kernels/nonzero/nonzero.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {

Tensor flat_nonzero(const Tensor& given) {
  const Tensor x = contiguous_copy(given.detach());
  return visit_any(x.dtype(), [&]<class T>() {
    Tensor positions;
    if (x.is_cpu()) {
      const auto starts = kernels::nonzero_starts_cpu(x.numel(), x.data<T>());
      positions = empty({starts.back()}, DType::Int64);
      kernels::nonzero_cpu(x.numel(), x.data<T>(), starts, positions.data<int64_t>());
    } else if constexpr (kCudaBuilt) {
      const Tensor starts = empty({kernels::nonzero_chunks(x.numel()) + 1}, DType::Int64, x.device());
      const int64_t count =
          kernels::nonzero_starts_cuda(x.numel(), x.cuda_data<T>(), starts.cuda_data<int64_t>());
      positions = empty({count}, DType::Int64, x.device());
      kernels::nonzero_cuda(x.numel(), x.cuda_data<T>(), starts.cuda_data<int64_t>(),
                            positions.cuda_data<int64_t>());
    }
    return positions;
  });
}

Tensor nonzero(const Tensor& x) {
  const Tensor positions = flat_nonzero(x);
  Tensor index = empty({positions.numel(), x.rank()}, DType::Int64, x.device());
  if (x.is_cpu()) {
    kernels::unravel_cpu(x.shape(), positions.numel(), positions.data<int64_t>(), index.data<int64_t>());
  } else if constexpr (kCudaBuilt) {
    kernels::unravel_cuda(x.rank(), x.shape().begin(), positions.numel(), positions.cuda_data<int64_t>(),
                          index.cuda_data<int64_t>());
  }
  return index;
}

}  // namespace helder
