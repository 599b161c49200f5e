#pragma once

#include <optional>

#include "tensor/tensor.h"

namespace helder {

/// `gather` with x and `index` broadcast to each other but along `dim`: what the indices of argsort or topk
/// name. Without a `dim` both are flattened first.
Tensor take_along_dim(const Tensor& x, const Tensor& index, std::optional<int64_t> dim = {});

}  // namespace helder
