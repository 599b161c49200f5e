#include "autograd/ops/adaptive_avg_pool2d.h"

#include "autograd/node.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// y = mean over the window.  dx = the sum of dy / size over the windows that each pixel is in.
struct AdaptiveAvgPool2dNode final : Node {
  AdaptiveAvgPool2dNode() : Node("adaptive_avg_pool2d") {}
  kernels::AdaptivePool2dGeometry geometry;

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (dy.is_cpu()) {
        kernels::adaptive_avg_pool2d_backward_cpu(geometry, dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::adaptive_avg_pool2d_backward_cuda(geometry, dy.cuda_data<T>(), dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

}  // namespace

Tensor adaptive_avg_pool2d(const Tensor& input, const AdaptiveSize& size) {
  const auto geometry = adaptive_pool2d_geometry("adaptive_avg_pool2d", input, size);
  const Tensor x = contiguous_copy(input);
  Tensor y = empty(adaptive_pool2d_shape(x, geometry), x.dtype(), x.device());
  visit_floating(x.dtype(), "adaptive_avg_pool2d", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::adaptive_avg_pool2d_forward_cpu(geometry, x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::adaptive_avg_pool2d_forward_cuda(geometry, x.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<AdaptiveAvgPool2dNode>(y, input)) {
    node->geometry = geometry;
  }
  return y;
}

}  // namespace helder
