#include "autograd/ops/rms_norm.h"

#include <limits>

#include "autograd/node.h"
#include "autograd/ops/normalized_shape.h"
#include "autograd/ops/optional_data.h"
#include "kernels/rms_norm/rms_norm.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y = h w,  h = x inverse_rms.  dw = sum(dy h),  dx = inverse_rms times dy w, less its component along h: x's
// length does not count.
struct RmsNormNode final : Node {
  RmsNormNode() : Node("rms_norm") {}
  kernels::LayerNormGeometry geometry;
  Saved x{*this, "x"}, inverse_rms{*this, "inverse_rms"}, weight{*this, "weight"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const Tensor dx = needs_grad(0) ? empty(input_shape(0), dtype(), device()) : Tensor();
    const Tensor dweight = needs_grad(1) ? empty(input_shape(1), dtype(), device()) : Tensor();
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), x.get(), dy)) {
        kernels::rms_norm_backward_cpu(geometry, x.get().data<T>(), dy.data<T>(), inverse_rms.get().data<T>(),
                                       data_or_null<T>(weight), data_or_null<T>(dx),
                                       data_or_null<T>(dweight));
      } else if constexpr (kCudaBuilt) {
        kernels::rms_norm_backward_cuda(geometry, x.get().cuda_data<T>(), dy.cuda_data<T>(),
                                        inverse_rms.get().cuda_data<T>(), cuda_data_or_null<T>(weight),
                                        cuda_data_or_null<T>(dx), cuda_data_or_null<T>(dweight));
      }
    });
    return {dx, dweight};
  }
};

}  // namespace

Tensor rms_norm(const Tensor& input, const Shape& normalized_shape, const Tensor& weight0,
                std::optional<double> eps) {
  const kernels::LayerNormGeometry geometry = rows_to_normalize("rms_norm", input, normalized_shape);
  check_row_parameter("rms_norm", "weight", weight0, input, normalized_shape);
  const Tensor x = contiguous_copy(input);
  const Tensor weight = weight0.defined() ? contiguous_copy(weight0) : Tensor();

  Tensor y = empty_like(x);
  const Tensor inverse_rms = empty({geometry.rows}, x.dtype(), x.device());
  visit_floating(x.dtype(), "rms_norm", [&]<class T>() {
    const double epsilon = eps.value_or(static_cast<double>(std::numeric_limits<T>::epsilon()));
    if (on_cpu("rms_norm", x, weight)) {
      kernels::rms_norm_forward_cpu(geometry, epsilon, x.data<T>(), data_or_null<T>(weight),
                                    inverse_rms.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::rms_norm_forward_cuda(geometry, epsilon, x.cuda_data<T>(), cuda_data_or_null<T>(weight),
                                     inverse_rms.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (auto* node = record<RmsNormNode>(y, input, weight0)) {
    node->geometry = geometry;
    node->x = x;
    node->inverse_rms = inverse_rms;
    node->weight = weight;
  }
  return y;
}

}  // namespace helder
