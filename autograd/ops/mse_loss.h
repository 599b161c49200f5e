#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

/// (x - target)^2, averaged, summed or left as it is. Both have one shape: where [N] meets [N, 1],
/// broadcasting would compare each with each, so that is an error.
Tensor mse_loss(const Tensor& x, const Tensor& target, Reduction reduction = Reduction::Mean);

}  // namespace helder
