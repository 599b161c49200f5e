#include "layers/layer_norm.h"

#include "autograd/ops/layer_norm.h"
#include "tensor/factories.h"

namespace helder {

LayerNorm::LayerNorm(const Shape& normalized_shape, const LayerNormOptions& options)
    : normalized_shape_(normalized_shape), options_(options) {
  check(!normalized_shape.empty(), "LayerNorm: normalized_shape must not be empty");
  check_sizes("LayerNorm", normalized_shape);
  if (options.elementwise_affine) {
    weight = register_parameter("weight", ones(normalized_shape));
    if (options.bias) {
      bias = register_parameter("bias", zeros(normalized_shape));
    }
  }
}

Tensor LayerNorm::forward(const Tensor& x) {
  return layer_norm(x, normalized_shape_, weight, bias, options_.eps);
}

std::string LayerNorm::describe() const {
  return fmt::format("LayerNorm({}{}{})", normalized_shape_.str(),
                     options_.eps == 1e-5 ? "" : fmt::format(", eps={}", options_.eps),
                     !options_.elementwise_affine ? ", elementwise_affine=false"
                     : !options_.bias             ? ", bias=false"
                                                  : "");
}

}  // namespace helder
