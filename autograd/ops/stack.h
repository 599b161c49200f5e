#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// The tensors, all of one shape, one after another along a new dimension `dim`.
Tensor stack(const std::vector<Tensor>& tensors, int64_t dim = 0);

}  // namespace helder
