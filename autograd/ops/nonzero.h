#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Where x is not 0, in row-major order: int64 [count, rank], a row of indices for each such element. NaN is
/// not 0. Any type; no gradient.
Tensor nonzero(const Tensor& x);

/// The same as positions in the flattened x: int64 [count].
Tensor flat_nonzero(const Tensor& x);

}  // namespace helder
