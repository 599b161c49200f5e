#pragma once

#include <optional>

#include "tensor/tensor.h"

namespace helder {

/// The index of the smallest element along `dim` (the first one of equals), int64; without a `dim`, its index
/// in the flattened tensor.
Tensor argmin(const Tensor& x, std::optional<int64_t> dim = {}, bool keepdim = false);

}  // namespace helder
