#pragma once

#include <optional>

#include "tensor/tensor.h"

namespace helder {

/// A view of every `step`-th element of one dimension, from start to below end. Bounds count from the end
/// when negative and are clamped, as in Python: x[:, 1:-1] is `slice(x, 1, 1, -1)`.
Tensor slice(const Tensor& x, int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end,
             int64_t step = 1);

}  // namespace helder
