#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x where x > 0, else weight * x, with a weight that is learned (He et al., "Delving Deep into Rectifiers",
/// 2015). `weight` has one element, or one for each channel, which is dimension 1 of x.
Tensor prelu(const Tensor& x, const Tensor& weight);

}  // namespace helder
