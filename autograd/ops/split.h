#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// Views of `size` elements each along `dim`; the last one is shorter when they do not divide.
std::vector<Tensor> split(const Tensor& x, int64_t size, int64_t dim = 0);

/// Views of the given sizes along `dim`, which must add up.
std::vector<Tensor> split(const Tensor& x, const std::vector<int64_t>& sizes, int64_t dim = 0);

}  // namespace helder
