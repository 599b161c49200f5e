#include "autograd/ops/scatter_add.h"

#include "autograd/node.h"
#include "autograd/ops/gather.h"
#include "autograd/ops/scatter_plan.h"
#include "autograd/ops/write_through.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y = x;  y[o, index[o, j, i], i] += src[o, j, i].  dx = dy,  dsrc[o, j, i] = dy[o, index[o, j, i], i].
struct ScatterAddNode final : Node {
  ScatterAddNode() : Node("scatter_add") {}
  int64_t dim = 0;
  Saved index{*this, "index"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    Tensor dsrc;
    if (needs_grad(2)) {
      dsrc = zeros(input_shape(2), dtype(), device());
      copy_elements(corner_view(dsrc, index.get().shape()), gather(dy, dim, index));
    }
    return {dy, Tensor(), dsrc};
  }
};

}  // namespace

Tensor scatter_add(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& src) {
  const ScatterPlan plan("scatter_add", x.shape(), dim, index);
  check_scatter_source("scatter_add", x, plan.index, src);
  const Tensor from = contiguous_copy(corner_view(src, plan.index.shape()));
  Tensor y = x.detach().clone();
  visit_arithmetic(x.dtype(), "scatter_add", [&]<class T>() {
    write_through(corner_view(y, plan.corner), [&](const Tensor& part) {
      if (on_cpu("scatter_add", x, plan.index, from)) {
        kernels::gather_add_cpu(plan.geometry, plan.index.data<int64_t>(), from.data<T>(), part.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::gather_add_cuda(plan.geometry, plan.index.cuda_data<int64_t>(), from.cuda_data<T>(),
                                 part.cuda_data<T>());
      }
    });
  });
  if (auto* node = record<ScatterAddNode>(y, x, index, src)) {
    node->dim = dim;
    node->index = plan.index;
  }
  return y;
}

}  // namespace helder
