#pragma once

#include <optional>

#include "tensor/tensor.h"

namespace helder {

/// The rows of weight [V, D] that `input`, int64 of any shape, names: [..., D].
///
/// The row `padding_idx`, which counts from the end when negative, is read like the others but gets no
/// gradient. The gradients of rows that are named several times are added in the order of `input`, for any
/// number of threads.
Tensor embedding(const Tensor& input, const Tensor& weight, std::optional<int64_t> padding_idx = {});

}  // namespace helder
