#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The hyperbolic tangent.
Tensor tanh(const Tensor& x);

}  // namespace helder
