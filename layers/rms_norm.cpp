#include "layers/rms_norm.h"

#include "autograd/ops/rms_norm.h"
#include "tensor/factories.h"

namespace helder {

RMSNorm::RMSNorm(const Shape& normalized_shape, const RMSNormOptions& options)
    : normalized_shape_(normalized_shape), options_(options) {
  check(!normalized_shape.empty(), "RMSNorm: normalized_shape must not be empty");
  check_sizes("RMSNorm", normalized_shape);
  if (options.elementwise_affine) {
    weight = register_parameter("weight", ones(normalized_shape));
  }
}

Tensor RMSNorm::forward(const Tensor& x) { return rms_norm(x, normalized_shape_, weight, options_.eps); }

std::string RMSNorm::describe() const {
  return fmt::format("RMSNorm({}{}{})", normalized_shape_.str(),
                     options_.eps ? fmt::format(", eps={}", *options_.eps) : "",
                     options_.elementwise_affine ? "" : ", elementwise_affine=false");
}

}  // namespace helder
