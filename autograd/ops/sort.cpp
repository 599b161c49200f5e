#include "autograd/ops/sort.h"

#include "autograd/ops/gather.h"
#include "kernels/sort/sort.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {

Tensor argsort(const Tensor& given, int64_t dim, bool descending, bool /*stable: it always is*/) {
  const int d = normalize_dim("sort", dim, given.rank());
  if (given.rank() == 0) {
    return zeros({}, DType::Int64, given.device());
  }
  const Tensor x = contiguous_copy(given.detach());
  const auto geometry = kernels::index_geometry(x.shape(), d, x.shape()[d]);
  Tensor index = empty(x.shape(), DType::Int64, x.device());
  visit_any(x.dtype(), [&]<class T>() {
    const kernels::SortOrder order{.descending = descending};
    if (x.is_cpu()) {
      kernels::first_in_order_cpu(geometry, order, x.data<T>(), index.data<int64_t>());
    } else if constexpr (kCudaBuilt) {
      kernels::first_in_order_cuda(geometry, order, x.cuda_data<T>(), index.cuda_data<int64_t>());
    }
  });
  return index;
}

SortResult sort(const Tensor& x, int64_t dim, bool descending, bool stable) {
  const Tensor indices = argsort(x, dim, descending, stable);
  return {x.rank() == 0 ? x.clone() : gather(x, dim, indices), indices};
}

}  // namespace helder
