#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The angle whose tangent is x, in radians, between -pi/2 and pi/2.
Tensor atan(const Tensor& x);

}  // namespace helder
