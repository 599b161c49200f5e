#include "autograd/ops/adaptive_max_pool2d.h"

#include "autograd/node.h"
#include "kernels/indexing/indexing.h"
#include "tensor/copy.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// y = x[index].  dx[index] += dy, and zero elsewhere.
struct AdaptiveMaxPool2dNode final : Node {
  AdaptiveMaxPool2dNode() : Node("adaptive_max_pool2d") {}
  kernels::AdaptivePool2dGeometry geometry;
  Saved indices{*this, "indices"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const kernels::AdaptivePool2dGeometry& g = geometry;
    Tensor dx = zeros(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      kernels::gather_add_cpu({.outer = g.planes, .size = g.in_size(), .count = g.out_size(), .inner = 1},
                              indices.get().data<int64_t>(), dy.data<T>(), dx.data<T>());
    });
    return {dx};
  }
};

}  // namespace

AdaptiveMaxPool2dResult adaptive_max_pool2d_with_indices(const Tensor& input, const AdaptiveSize& size) {
  const auto geometry = adaptive_pool2d_geometry("adaptive_max_pool2d", input, size);
  const Tensor x = contiguous_copy(input);
  const Shape shape = adaptive_pool2d_shape(x, geometry);
  Tensor y = empty(shape, x.dtype(), x.device()), indices = empty(shape, DType::Int64);
  visit_floating(x.dtype(), "adaptive_max_pool2d", [&]<class T>() {
    kernels::adaptive_max_pool2d_forward_cpu(geometry, x.data<T>(), y.data<T>(), indices.data<int64_t>());
  });
  if (auto* node = record<AdaptiveMaxPool2dNode>(y, input)) {
    node->geometry = geometry;
    node->indices = indices;
  }
  return {y, indices};
}

Tensor adaptive_max_pool2d(const Tensor& x, const AdaptiveSize& size) {
  return adaptive_max_pool2d_with_indices(x, size).values;
}

}  // namespace helder
