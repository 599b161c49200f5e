#pragma once

#include "tensor/tensor.h"

namespace helder {

/// ln of the sum of e^x over `dims`, without overflow; no dims means all of them. Of nothing, or of minus
/// infinities alone, it is minus infinity. Integers are converted to float32.
Tensor logsumexp(const Tensor& x, const Shape& dims, bool keepdim = false);

}  // namespace helder
