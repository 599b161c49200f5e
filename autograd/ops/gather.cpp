#include "autograd/ops/gather.h"

#include <optional>

#include "autograd/node.h"
#include "autograd/ops/scatter_plan.h"
#include "autograd/ops/write_through.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y[o, j, i] = x[o, index[o, j, i], i].  dx[o, index[o, j, i], i] += dy[o, j, i].
struct GatherNode final : Node {
  GatherNode() : Node("gather") {}
  kernels::IndexGeometry geometry;
  Shape corner;
  Saved index{*this, "index"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = zeros(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      write_through(corner_view(dx, corner), [&](const Tensor& part) {
        if (on_cpu(name(), index.get(), dy)) {
          kernels::gather_add_cpu(geometry, index.get().data<int64_t>(), dy.data<T>(), part.data<T>());
        } else if constexpr (kCudaBuilt) {
          kernels::gather_add_cuda(geometry, index.get().cuda_data<int64_t>(), dy.cuda_data<T>(),
                                   part.cuda_data<T>());
        }
      });
    });
    return {dx, Tensor()};
  }
};

}  // namespace

Tensor gather(const Tensor& x, int64_t dim, const Tensor& index) {
  const ScatterPlan plan("gather", x.shape(), dim, index);
  const Tensor part = contiguous_copy(corner_view(x, plan.corner));
  Tensor y = empty(index.shape(), x.dtype(), x.device());
  visit_any(x.dtype(), [&]<class T>() {
    if (on_cpu("gather", x, index)) {
      kernels::gather_cpu(plan.geometry, plan.index.data<int64_t>(), part.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::gather_cuda(plan.geometry, plan.index.cuda_data<int64_t>(), part.cuda_data<T>(),
                           y.cuda_data<T>());
    }
  });
  if (auto* node = record<GatherNode>(y, x, index)) {
    node->geometry = plan.geometry;
    node->corner = plan.corner;
    node->index = plan.index;
  }
  return y;
}

}  // namespace helder
