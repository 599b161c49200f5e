#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A view of one index of one dimension, which disappears: x[:, 3] is `select(x, 1, 3)`.
Tensor select(const Tensor& x, int64_t dim, int64_t index);

}  // namespace helder
