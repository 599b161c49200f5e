#include "autograd/ops/masked_select.h"

#include "autograd/ops/expand.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/nonzero.h"
#include "autograd/ops/reshape.h"
#include "tensor/views.h"

namespace helder {

Tensor masked_select(const Tensor& x, const Tensor& mask) {
  check(mask.dtype() == DType::Bool, "masked_select: the mask must be bool, got {}", name_of(mask.dtype()));
  const Shape shape = broadcast_shapes("masked_select", x.shape(), mask.shape());
  return index_select(reshape(expand(x, shape), {shape.numel()}), 0,
                      flat_nonzero(views::expand(mask, shape)));
}

}  // namespace helder
