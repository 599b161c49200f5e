#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A view in which dimension source[i] of x is dimension destination[i]; the others keep their order.
Tensor movedim(const Tensor& x, const Shape& source, const Shape& destination);
Tensor movedim(const Tensor& x, int64_t source, int64_t destination);

}  // namespace helder
