#pragma once

#include "tensor/tensor.h"

/// Moving numbers between layouts and types. Not recorded for autograd.
namespace helder {

/// Writes `source`, broadcast to `destination`'s shape and converted to its type, into `destination`'s
/// memory; the two may be on different devices. Does not count as an in-place change: for filling tensors
/// that nobody else has seen yet.
void copy_elements(const Tensor& destination, const Tensor& source);

/// `x` itself when it is on `device`, else a contiguous copy there.
Tensor copied_to(const Tensor& x, Device device);

/// `x` itself when it is contiguous, else a contiguous copy.
Tensor contiguous_copy(const Tensor& x);

/// `x` itself when it has `dtype`, else a converted contiguous copy.
Tensor converted_copy(const Tensor& x, DType dtype);

}  // namespace helder
