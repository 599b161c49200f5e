#include "autograd/ops/masked_fill.h"

#include <cmath>

#include "autograd/ops/where.h"
#include "tensor/factories.h"

namespace helder {

Tensor masked_fill(const Tensor& x, const Tensor& mask, double value) {
  check(mask.dtype() == DType::Bool, "masked_fill: the mask must be bool, got {}", name_of(mask.dtype()));
  broadcast_shapes("masked_fill", x.shape(), mask.shape());
  const double limit = x.dtype() == DType::UInt8 ? 256 : 0x1p63;  // -1 is 255, as in PyTorch
  check(is_floating_point(x.dtype()) || std::abs(value) < limit, "masked_fill: {} does not hold {}",
        name_of(x.dtype()), value);
  return where(mask, scalar(value, x.dtype(), x.device()), x);
}

}  // namespace helder
