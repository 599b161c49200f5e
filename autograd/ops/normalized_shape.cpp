#include "autograd/ops/normalized_shape.h"

#include <algorithm>

namespace helder {

kernels::LayerNormGeometry rows_to_normalize(const char* op, const Tensor& x, const Shape& normalized_shape) {
  const Shape& shape = x.shape();
  const int leading = x.rank() - normalized_shape.rank();
  check(!normalized_shape.empty(), "{}: normalized_shape is empty; expected the last sizes of the input {}",
        op, shape);
  check(leading >= 0 && std::equal(normalized_shape.begin(), normalized_shape.end(), shape.begin() + leading),
        "{}: normalized_shape {} is not how the shape of the input {} ends", op, normalized_shape, shape);
  return {.rows = Shape(std::span(shape.begin(), shape.begin() + leading)).numel(),
          .n = normalized_shape.numel()};
}

void check_row_parameter(const char* op, const char* name, const Tensor& parameter, const Tensor& x,
                         const Shape& normalized_shape) {
  if (!parameter.defined()) {
    return;
  }
  check(parameter.shape() == normalized_shape, "{}: {} has shape {} but normalized_shape is {}", op, name,
        parameter.shape(), normalized_shape);
  check(parameter.dtype() == x.dtype(), "{}: {} is {} but the input is {}", op, name,
        name_of(parameter.dtype()), name_of(x.dtype()));
}

}  // namespace helder
