#pragma once

#include <string_view>

#include "tensor/tensor.h"

namespace helder {

/// x times the standard normal's distribution function at x (Hendrycks and Gimpel, 2016). `approximate` is
/// "none" for the exact form, by erf, or "tanh" for the paper's approximation.
Tensor gelu(const Tensor& x, std::string_view approximate = "none");

}  // namespace helder
