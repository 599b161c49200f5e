#pragma once

#include <optional>

#include "tensor/tensor.h"

namespace helder {

/// A view without dimension `dim` if its size is 1; without a `dim`, without all dimensions of size 1.
Tensor squeeze(const Tensor& x, std::optional<int64_t> dim = {});

/// A view with a new dimension of size 1 at `dim`.
Tensor unsqueeze(const Tensor& x, int64_t dim);

}  // namespace helder
