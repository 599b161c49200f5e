#pragma once

#include "tensor/tensor.h"

namespace helder {

/// A view of `length` elements of dimension `dim` from `start` on, which counts from the end when negative.
/// Unlike those of `slice`, bounds outside the dimension are an error.
Tensor narrow(const Tensor& x, int64_t dim, int64_t start, int64_t length);

}  // namespace helder
