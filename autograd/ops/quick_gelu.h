#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x / (1 + e^(-1.702 x)), the sigmoid approximation of gelu (Hendrycks and Gimpel, 2016, section 2) that
/// OpenAI's CLIP was trained with.
Tensor quick_gelu(const Tensor& x);

}  // namespace helder
