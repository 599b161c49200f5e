#pragma once

#include "tensor/tensor.h"

namespace helder {

/// 1.0507 elu(x, 1.6733): the constants keep the mean 0 and the variance 1 of a deep fully connected net's
/// activations (Klambauer et al., "Self-Normalizing Neural Networks", 2017).
Tensor selu(const Tensor& x);

}  // namespace helder
