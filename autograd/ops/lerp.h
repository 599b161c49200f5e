#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Linear interpolation, start + weight (end - start), elementwise and broadcast: `start` at weight 0, `end`
/// at weight 1. All of one floating point type.
Tensor lerp(const Tensor& start, const Tensor& end, const Tensor& weight);
Tensor lerp(const Tensor& start, const Tensor& end, double weight);

}  // namespace helder
