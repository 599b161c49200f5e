#pragma once

// How the products obey float32_matmul_precision(). Private to autograd/ops/.

#include "kernels/matmul/matmul.h"
#include "tensor/tensor.h"

namespace helder {

/// x as it is multiplied: x itself, or a contiguous copy of a float32 x that is rounded. Not recorded. An
/// undefined tensor stays one.
Tensor product_operand(const Tensor& x);

/// For the kernels of the GPU that round for themselves.
kernels::ProductPrecision product_precision();

}  // namespace helder
