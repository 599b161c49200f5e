#pragma once

#include "tensor/tensor.h"

namespace helder {

/// a where `condition` (bool) holds, else b; all three broadcast.
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);

}  // namespace helder
