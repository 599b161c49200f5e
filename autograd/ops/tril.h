#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A copy of the matrices [..., R, C] with zeros above the diagonal; `diagonal` = 1 keeps one more diagonal
/// above it, -1 one less. Any type.
Tensor tril(const Tensor& x, int64_t diagonal = 0);

/// The same with zeros below the diagonal; `diagonal` = 1 keeps one diagonal less.
Tensor triu(const Tensor& x, int64_t diagonal = 0);

}  // namespace helder
