#pragma once

#include "tensor/tensor.h"

namespace helder {

/// log(softmax(x, dim)), without the overflow and the lost digits of taking the two apart. float32 or
/// float64.
Tensor log_softmax(const Tensor& x, int64_t dim);

}  // namespace helder
