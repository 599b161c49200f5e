#include "autograd/ops/gather.h"

#include "autograd/node.h"
#include "kernels/indexing/indexing.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

// y[o, j, i] = x[o, index[o, j, i], i].  dx[o, index[o, j, i], i] += dy[o, j, i].
struct GatherNode final : Node {
  GatherNode() : Node("gather") {}
  kernels::IndexGeometry geometry;
  Shape covered;  // the part of x, from its origin, that the index ranges over
  Saved index{*this, "index"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const Tensor part = zeros(covered, dtype());
    visit_floating(dtype(), name(), [&]<class T>() {
      kernels::gather_add_cpu(geometry, index.get().data<int64_t>(), dy.data<T>(), part.data<T>());
    });
    Tensor dx = zeros(input_shape(0), dtype());
    Tensor corner = dx;
    for (int d = 0; d < dx.rank(); ++d) {
      corner = views::slice(corner, d, 0, covered[d]);
    }
    copy_elements(corner, part);
    return {dx, Tensor()};
  }
};

}  // namespace

Tensor gather(const Tensor& x, int64_t dim, const Tensor& index0) {
  check(index0.dtype() == DType::Int64, "gather: index must be int64, got {}", name_of(index0.dtype()));
  check(index0.rank() == x.rank() && x.rank() > 0,
        "gather: index of shape {} must have as many dimensions as the input {}", index0.shape().str(),
        x.shape().str());
  const int d = normalize_dim("gather", dim, x.rank());
  const Tensor index = contiguous_copy(index0);

  Shape covered = index.shape();
  covered[d] = x.shape()[d];
  Tensor corner = x.detach();
  for (int i = 0; i < x.rank(); ++i) {
    check(covered[i] <= x.shape()[i], "gather: index {} is larger than the input {} along dimension {}",
          index.shape().str(), x.shape().str(), i);
    corner = views::slice(corner, i, 0, covered[i]);
  }
  corner = contiguous_copy(corner);
  const auto geometry = kernels::index_geometry(covered, d, index.shape()[d]);
  kernels::check_indices("gather", index.data<int64_t>(), index.numel(), geometry.size);

  Tensor y = empty(index.shape(), x.dtype());
  visit_any(x.dtype(), [&]<class T>() {
    kernels::gather_cpu(geometry, index.data<int64_t>(), corner.data<T>(), y.data<T>());
  });
  if (auto* node = record<GatherNode>(y, x, index)) {
    node->geometry = geometry;
    node->covered = covered;
    node->index = index;
  }
  return y;
}

}  // namespace helder
