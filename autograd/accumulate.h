#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Whether x's memory can be changed without anybody but the holder of x noticing.
bool owns_alone(const Tensor& x);

/// sum += gradient, where an undefined sum is zero. Changes sum's memory in place when nobody else can see
/// it.
void accumulate(Tensor& sum, const Tensor& gradient);

}  // namespace helder
