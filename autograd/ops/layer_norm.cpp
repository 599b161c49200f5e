#include "autograd/ops/layer_norm.h"

#include "autograd/attributes.h"
#include "autograd/node.h"
#include "autograd/ops/normalized_shape.h"
#include "autograd/ops/optional_data.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y = h w + b,  h = (x - mean) inverse_std.  dw = sum(dy h),  db = sum(dy),  dx = inverse_std times dy w,
// less its mean and its component along h: moving x along either changes nothing but mean and variance.
struct LayerNormNode final : Node, HasAttributes {
  LayerNormNode() : Node("layer_norm") {}
  kernels::LayerNormGeometry geometry;
  Shape normalized_shape;
  double eps = 0;
  Saved x{*this, "x"}, mean{*this, "mean"}, inverse_std{*this, "inverse_std"}, weight{*this, "weight"};

  Attributes attributes() const override { return {{"normalized_shape", normalized_shape}, {"eps", eps}}; }

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const Tensor dx = needs_grad(0) ? empty(input_shape(0), dtype(), device()) : Tensor();
    const Tensor dweight = needs_grad(1) ? empty(input_shape(1), dtype(), device()) : Tensor();
    const Tensor dbias = needs_grad(2) ? empty(input_shape(2), dtype(), device()) : Tensor();
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), x.get(), dy)) {
        kernels::layer_norm_backward_cpu(
            geometry, x.get().data<T>(), dy.data<T>(), mean.get().data<T>(), inverse_std.get().data<T>(),
            data_or_null<T>(weight), data_or_null<T>(dx), data_or_null<T>(dweight), data_or_null<T>(dbias));
      } else if constexpr (kCudaBuilt) {
        kernels::layer_norm_backward_cuda(geometry, x.get().cuda_data<T>(), dy.cuda_data<T>(),
                                          mean.get().cuda_data<T>(), inverse_std.get().cuda_data<T>(),
                                          cuda_data_or_null<T>(weight), cuda_data_or_null<T>(dx),
                                          cuda_data_or_null<T>(dweight), cuda_data_or_null<T>(dbias));
      }
    });
    return {dx, dweight, dbias};
  }
};

}  // namespace

Tensor layer_norm(const Tensor& input, const Shape& normalized_shape, const Tensor& weight0,
                  const Tensor& bias0, double eps) {
  const kernels::LayerNormGeometry geometry = rows_to_normalize("layer_norm", input, normalized_shape);
  check_row_parameter("layer_norm", "weight", weight0, input, normalized_shape);
  check_row_parameter("layer_norm", "bias", bias0, input, normalized_shape);
  const Tensor x = contiguous_copy(input);
  const Tensor weight = weight0.defined() ? contiguous_copy(weight0) : Tensor();
  const Tensor bias = bias0.defined() ? contiguous_copy(bias0) : Tensor();

  Tensor y = empty_like(x);
  const Tensor mean = empty({geometry.rows}, x.dtype(), x.device());
  const Tensor inverse_std = empty({geometry.rows}, x.dtype(), x.device());
  visit_floating(x.dtype(), "layer_norm", [&]<class T>() {
    if (on_cpu("layer_norm", x, weight, bias)) {
      kernels::layer_norm_forward_cpu(geometry, eps, x.data<T>(), data_or_null<T>(weight),
                                      data_or_null<T>(bias), mean.data<T>(), inverse_std.data<T>(),
                                      y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::layer_norm_forward_cuda(geometry, eps, x.cuda_data<T>(), cuda_data_or_null<T>(weight),
                                       cuda_data_or_null<T>(bias), mean.cuda_data<T>(),
                                       inverse_std.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<LayerNormNode>(y, input, weight0, bias0)) {
    node->geometry = geometry;
    node->normalized_shape = normalized_shape;
    node->eps = eps;
    node->x = x;
    node->mean = mean;
    node->inverse_std = inverse_std;
    node->weight = weight;
  }
  return y;
}

}  // namespace helder
