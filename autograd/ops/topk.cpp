#include "autograd/ops/topk.h"

#include "autograd/ops/gather.h"
#include "autograd/ops/reshape.h"
#include "kernels/sort/sort.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {

TopkResult topk(const Tensor& x0, int64_t k, int64_t dim, bool largest, bool sorted) {
  const int d = normalize_dim("topk", dim, x0.rank());
  const int64_t size = x0.rank() == 0 ? 1 : x0.shape()[d];
  check(k >= 0 && k <= size, "topk: k must be between 0 and the size {} of dimension {}, got {} (input {})",
        size, d, k, x0.shape());
  if (x0.rank() == 0 && k == 1) {
    return {x0.clone(), zeros({}, DType::Int64, x0.device())};
  }
  const Tensor x = x0.rank() == 0 ? reshape(x0, {1}) : x0;
  const Tensor dense = contiguous_copy(x.detach());
  Shape shape = x.shape();
  shape[d] = k;
  const Tensor indices = empty(shape, DType::Int64, x.device());
  visit_any(x.dtype(), [&]<class T>() {
    const auto geometry = kernels::index_geometry(x.shape(), d, k);
    const kernels::SortOrder order{.descending = largest, .by_position = !sorted};
    if (x.is_cpu()) {
      kernels::first_in_order_cpu(geometry, order, dense.data<T>(), indices.data<int64_t>());
    } else if constexpr (kCudaBuilt) {
      kernels::first_in_order_cuda(geometry, order, dense.cuda_data<T>(), indices.cuda_data<int64_t>());
    }
  });
  return {gather(x, d, indices), indices};
}

}  // namespace helder
