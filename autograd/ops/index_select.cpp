#include "autograd/ops/index_select.h"

#include "autograd/node.h"
#include "autograd/ops/check_indices.h"
#include "kernels/indexing/indexing.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y[o, j, i] = x[o, index[j], i].  dx[o, index[j], i] += dy[o, j, i].
struct IndexSelectNode final : Node {
  IndexSelectNode() : Node("index_select") {}
  kernels::IndexGeometry geometry;
  Saved index{*this, "index"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = zeros(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), index.get(), dy)) {
        kernels::index_add_cpu(geometry, index.get().data<int64_t>(), dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::index_add_cuda(geometry, index.get().cuda_data<int64_t>(), dy.cuda_data<T>(),
                                dx.cuda_data<T>());
      }
    });
    return {dx, Tensor()};
  }
};

}  // namespace

Tensor index_select(const Tensor& x0, int64_t dim, const Tensor& index0) {
  check(index0.dtype() == DType::Int64 && index0.rank() <= 1,
        "index_select: index must be int64 with one dimension, got {} {}", name_of(index0.dtype()),
        index0.shape());
  check(x0.rank() > 0, "index_select: a scalar has no dimension to select from");
  const int d = normalize_dim("index_select", dim, x0.rank());
  const Tensor x = x0.contiguous();
  const Tensor index = contiguous_copy(index0);
  const auto geometry = kernels::index_geometry(x.shape(), d, index.numel());
  check_indices("index_select", index, geometry.size);

  Shape shape = x.shape();
  shape[d] = index.numel();
  Tensor y = empty(shape, x.dtype(), x.device());
  visit_any(x.dtype(), [&]<class T>() {
    if (on_cpu("index_select", x, index)) {
      kernels::index_select_cpu(geometry, index.data<int64_t>(), x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::index_select_cuda(geometry, index.cuda_data<int64_t>(), x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<IndexSelectNode>(y, x, index)) {
    node->geometry = geometry;
    node->index = index;
  }
  return y;
}

}  // namespace helder
