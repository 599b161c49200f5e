#include "autograd/ops/drop_rows.h"

#include "autograd/node.h"
#include "kernels/dropout/drop_rows.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// What drops the rows, forward and backward.
struct RowMask {
  int64_t rows = 0, n = 0;
  double p = 0, scale = 1;
  uint64_t seed = 0, offset = 0;

  Tensor applied_to(const char* op, const Tensor& x) const {
    const Tensor y = empty_like(x);
    visit_floating(x.dtype(), op, [&]<class T>() {
      if (x.is_cpu()) {
        kernels::drop_rows_cpu(rows, n, p, scale, seed, offset, x.data<T>(), y.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::drop_rows_cuda(rows, n, p, scale, seed, offset, x.cuda_data<T>(), y.cuda_data<T>());
      }
    });
    return y;
  }
};

// y = x mask.  dx = dy mask, with the mask drawn again from the same counters.
struct DropRowsNode final : Node {
  DropRowsNode() : Node("drop_rows") {}
  RowMask mask;

  std::vector<Tensor> backward(const Tensor& dy) override {
    return {mask.applied_to(name(), contiguous_copy(dy))};
  }
};

}  // namespace

Tensor drop_rows(const char* op, const Tensor& x, int leading, double p, double scale, Generator& generator) {
  RowMask mask{.rows = 1, .n = 1, .p = p, .scale = scale, .seed = generator.seed()};
  for (int d = 0; d < x.rank(); ++d) {
    (d < leading ? mask.rows : mask.n) *= x.shape()[d];
  }
  mask.offset = generator.reserve((static_cast<uint64_t>(mask.rows) + 3) / 4);
  const Tensor y = mask.applied_to(op, contiguous_copy(x));
  if (auto* node = record<DropRowsNode>(y, x)) {
    node->mask = mask;
  }
  return y;
}

}  // namespace helder
