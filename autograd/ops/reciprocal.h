#pragma once

#include "tensor/tensor.h"

namespace helder {

/// 1 / x.
Tensor reciprocal(const Tensor& x);

}  // namespace helder
