#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// Views of `chunks` parts of x along `dim`, each of the size that this many would need, rounded up: the last
/// one may be shorter, and there may be fewer parts than asked for.
std::vector<Tensor> chunk(const Tensor& x, int64_t chunks, int64_t dim = 0);

}  // namespace helder
