#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

namespace helder {

/// |x - target|, averaged, summed or left as it is: the mean absolute error. Both have one shape, as for
/// `mse_loss`. Where they are equal the derivative is 0.
Tensor l1_loss(const Tensor& x, const Tensor& target, Reduction reduction = Reduction::Mean);

}  // namespace helder
