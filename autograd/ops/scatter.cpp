#include "autograd/ops/scatter.h"

#include "autograd/node.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/gather.h"
#include "autograd/ops/scatter_plan.h"
#include "autograd/ops/where.h"
#include "autograd/ops/write_through.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// Writes src, contiguous and of the index's shape, into y.
void write(const ScatterPlan& plan, const Tensor& y, const Tensor& src) {
  visit_any(y.dtype(), [&]<class T>() {
    write_through(corner_view(y, plan.corner), [&](const Tensor& part) {
      if (on_cpu("scatter", y, plan.index, src)) {
        kernels::scatter_cpu(plan.geometry, plan.index.data<int64_t>(), src.data<T>(), part.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::scatter_cuda(plan.geometry, plan.index.cuda_data<int64_t>(), src.cuda_data<T>(),
                              part.cuda_data<T>());
      }
    });
  });
}

// y = x;  y[o, index[o, j, i], i] = src[o, j, i].  dx = dy, but zero where something was written.
// dsrc[o, j, i] = dy[o, index[o, j, i], i] for the elements that were not overwritten, else zero.
struct ScatterNode final : Node {
  ScatterNode() : Node("scatter") {}
  int64_t dim = 0;
  Saved index{*this, "index"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const ScatterPlan plan(name(), shape(), dim, index);
    Tensor dx, dsrc;
    if (needs_grad(0)) {
      dx = dy.clone();
      write(plan, dx, zeros(plan.index.shape(), dtype(), device()));
    }
    if (needs_grad(2)) {
      const Tensor numbers = arange(plan.index.numel(), device()).reshape(plan.index.shape());
      const Tensor winners = empty(shape(), DType::Int64, device());
      write(plan, winners, numbers);
      const Tensor won = eq(gather(winners, dim, plan.index), numbers);
      dsrc = zeros(input_shape(2), dtype(), device());
      copy_elements(corner_view(dsrc, plan.index.shape()),
                    where(won, gather(dy, dim, plan.index), scalar(0, dtype(), device())));
    }
    return {dx, Tensor(), dsrc};
  }
};

Tensor scatter_checked(const Tensor& x, int64_t dim, const ScatterPlan& plan, const Tensor& src) {
  Tensor y = x.detach().clone();
  write(plan, y, contiguous_copy(corner_view(src, plan.index.shape())));
  if (auto* node = record<ScatterNode>(y, x, plan.index, src)) {
    node->dim = dim;
    node->index = plan.index;
  }
  return y;
}

}  // namespace

Tensor scatter(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& src) {
  const ScatterPlan plan("scatter", x.shape(), dim, index);
  check_scatter_source("scatter", x, plan.index, src);
  return scatter_checked(x, dim, plan, src);
}

Tensor scatter(const Tensor& x, int64_t dim, const Tensor& index, double value) {
  const ScatterPlan plan("scatter", x.shape(), dim, index);
  return scatter_checked(x, dim, plan, full(index.shape(), value, x.dtype(), x.device()));
}

}  // namespace helder
