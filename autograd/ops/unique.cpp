#include "autograd/ops/unique.h"

#include "autograd/ops/cat.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/nonzero.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/sub.h"
#include "kernels/sort/sort.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

// Where each group of equal elements begins in x [n], sorted by `order`, and n at the end.
Tensor group_bounds(const Tensor& x, const Tensor& order) {
  return visit_any(x.dtype(), [&]<class T>() {
    if (x.is_cpu()) {
      const auto starts = kernels::group_starts_cpu(x.numel(), x.data<T>(), order.data<int64_t>());
      return from_data(starts, {static_cast<int64_t>(starts.size())});
    }
    const Tensor is_start = empty({x.numel()}, DType::Bool, x.device());
    if constexpr (kCudaBuilt) {
      kernels::group_starts_cuda(x.numel(), x.cuda_data<T>(), order.cuda_data<int64_t>(),
                                 is_start.cuda_data<bool>());
    }
    return cat({flat_nonzero(is_start), full({1}, static_cast<double>(x.numel()), DType::Int64, x.device())},
               0);
  });
}

}  // namespace

UniqueResult unique(const Tensor& given, bool /*sorted: they always are*/, bool return_inverse,
                    bool return_counts) {
  const Tensor x = views::reshape(contiguous_copy(given.detach()), {given.numel()});
  const Tensor order = argsort(x);
  const Tensor bounds = group_bounds(x, order);
  const Tensor starts = views::slice(bounds, 0, 0, -1);

  UniqueResult result{index_select(x, 0, index_select(order, 0, starts)), {}, {}};
  if (return_inverse) {
    result.inverse = empty(given.shape(), DType::Int64, x.device());
    if (x.is_cpu()) {
      kernels::number_groups_cpu(starts.numel(), bounds.data<int64_t>(), order.data<int64_t>(),
                                 result.inverse.data<int64_t>());
    } else if constexpr (kCudaBuilt) {
      kernels::number_groups_cuda(x.numel(), starts.numel(), bounds.cuda_data<int64_t>(),
                                  order.cuda_data<int64_t>(), result.inverse.cuda_data<int64_t>());
    }
  }
  if (return_counts) {
    result.counts = sub(views::slice(bounds, 0, 1, {}), starts);
  }
  return result;
}

}  // namespace helder
