#include "autograd/ops/adaptive_max_pool2d.h"

#include "autograd/node.h"
#include "kernels/indexing/indexing.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

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
      if (on_cpu(name(), dy, indices.get())) {
        kernels::gather_add_cpu({.outer = g.planes, .size = g.in_size(), .count = g.out_size(), .inner = 1},
                                indices.get().data<int64_t>(), dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::adaptive_max_pool2d_backward_cuda(g, dy.cuda_data<T>(), indices.get().cuda_data<int64_t>(),
                                                   dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

}  // namespace

AdaptiveMaxPool2dResult adaptive_max_pool2d_with_indices(const Tensor& input, const AdaptiveSize& size) {
  const auto geometry = adaptive_pool2d_geometry("adaptive_max_pool2d", input, size);
  const Tensor x = contiguous_copy(input);
  const Shape shape = adaptive_pool2d_shape(x, geometry);
  Tensor y = empty(shape, x.dtype(), x.device()), indices = empty(shape, DType::Int64, x.device());
  visit_floating(x.dtype(), "adaptive_max_pool2d", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::adaptive_max_pool2d_forward_cpu(geometry, x.data<T>(), y.data<T>(), indices.data<int64_t>());
    } else if constexpr (kCudaBuilt) {
      kernels::adaptive_max_pool2d_forward_cuda(geometry, x.cuda_data<T>(), y.cuda_data<T>(),
                                                indices.cuda_data<int64_t>());
    }
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
