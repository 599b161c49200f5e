#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.
Tensor erf(const Tensor& x);

}  // namespace helder
