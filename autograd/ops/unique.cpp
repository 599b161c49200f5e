#include "autograd/ops/unique.h"

#include "autograd/ops/index_select.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/sub.h"
#include "kernels/sort/sort.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {

UniqueResult unique(const Tensor& given, bool /*sorted: they always are*/, bool return_inverse,
                    bool return_counts) {
  const Tensor x = views::reshape(contiguous_copy(given.detach()), {given.numel()});
  const Tensor order = argsort(x);
  const auto group_starts = visit_any(x.dtype(), [&]<class T>() {
    return kernels::group_starts_cpu(x.numel(), x.data<T>(), order.data<int64_t>());
  });
  const Tensor bounds = from_data(group_starts, {static_cast<int64_t>(group_starts.size())});
  const Tensor starts = views::slice(bounds, 0, 0, -1);

  UniqueResult result{index_select(x, 0, index_select(order, 0, starts)), {}, {}};
  if (return_inverse) {
    result.inverse = empty(given.shape(), DType::Int64);
    kernels::number_groups_cpu(group_starts, order.data<int64_t>(), result.inverse.data<int64_t>());
  }
  if (return_counts) {
    result.counts = sub(views::slice(bounds, 0, 1, {}), starts);
  }
  return result;
}

}  // namespace helder
