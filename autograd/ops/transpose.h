#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A view with two dimensions exchanged.
Tensor transpose(const Tensor& x, int64_t dim0, int64_t dim1);

}  // namespace helder
