#include "autograd/ops/avg_pool2d.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "autograd/ops/pool2d_geometry.h"
#include "kernels/pool2d/avg_pool2d.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"

namespace helder {
namespace {

// y = mean over the window.  dx = the sum of dy / size over the windows that each pixel is in.
struct AvgPool2dNode final : Node, HasAttributes {
  AvgPool2dNode() : Node("avg_pool2d") {}
  kernels::Pool2dGeometry geometry;
  bool count_include_pad = true;

  Attributes attributes() const override {
    Attributes result = pool2d_attributes(geometry);
    result.emplace_back("count_include_pad", int64_t{count_include_pad});
    return result;
  }

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    Tensor dx = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (dy.is_cpu()) {
        kernels::avg_pool2d_backward_cpu(geometry, count_include_pad, dy.data<T>(), dx.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::avg_pool2d_backward_cuda(geometry, count_include_pad, dy.cuda_data<T>(), dx.cuda_data<T>());
      }
    });
    return {dx};
  }
};

}  // namespace

Tensor avg_pool2d(const Tensor& input, Pair kernel, const AvgPool2dOptions& options) {
  const auto geometry = pool2d_geometry("avg_pool2d", input, kernel, options.stride.value_or(kernel),
                                        options.padding, 1, options.ceil_mode);
  const Tensor x = contiguous_copy(input);
  Tensor y = empty(pool2d_shape(x, geometry), x.dtype(), x.device());
  visit_floating(x.dtype(), "avg_pool2d", [&]<class T>() {
    if (x.is_cpu()) {
      kernels::avg_pool2d_forward_cpu(geometry, options.count_include_pad, x.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::avg_pool2d_forward_cuda(geometry, options.count_include_pad, x.cuda_data<T>(),
                                       y.cuda_data<T>());
    }
  });
  if (auto* node = record<AvgPool2dNode>(y, input)) {
    node->geometry = geometry;
    node->count_include_pad = options.count_include_pad;
  }
  return y;
}

}  // namespace helder
