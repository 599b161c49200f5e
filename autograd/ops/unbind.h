#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// Views of the slices of x along `dim`, which disappears: what `stack` joins.
std::vector<Tensor> unbind(const Tensor& x, int64_t dim = 0);

}  // namespace helder
