#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// The tensors one after another along `dim`. All other sizes, and the types, must agree.
Tensor cat(const std::vector<Tensor>& tensors, int64_t dim = 0);

}  // namespace helder
