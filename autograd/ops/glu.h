#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The gated linear unit (Dauphin et al., 2017): `dim` is cut into halves a and b, and the result is
/// a / (1 + e^-b). The size of `dim` must be even.
Tensor glu(const Tensor& x, int64_t dim = -1);

}  // namespace helder
