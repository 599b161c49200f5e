#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A contiguous copy of the numbers. The gradient passes through.
Tensor clone(const Tensor& x);

/// x itself when its elements lie row-major without gaps, else a copy that does.
Tensor contiguous(const Tensor& x);

}  // namespace helder
