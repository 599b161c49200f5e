#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x W^T + b on the last dimension: x [..., in], weight [out, in], bias [out] or undefined -> [..., out].
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = {});

}  // namespace helder
