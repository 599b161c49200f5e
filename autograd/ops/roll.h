#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A copy of x in which element i of dimension dims[k] has moved to i + shifts[k]; what leaves at one end
/// comes in at the other. A shift may be negative or larger than the dimension. Without `dims`, one shift
/// rolls the flattened tensor.
Tensor roll(const Tensor& x, const Shape& shifts, const Shape& dims = {});

}  // namespace helder
