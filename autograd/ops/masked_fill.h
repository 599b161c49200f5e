#pragma once

#include "tensor/tensor.h"

namespace helder {

/// `value` where `mask` (bool) holds, else x; both broadcast. The result has x's type. No gradient reaches
/// what was filled.
Tensor masked_fill(const Tensor& x, const Tensor& mask, double value);

}  // namespace helder
