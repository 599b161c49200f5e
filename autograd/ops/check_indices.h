#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Throws, naming `operation`, the index and its position, unless all of `index`, int64 and contiguous, lie
/// in [0, size): before a kernel reads or writes where they say. Waits for the GPU when they are there.
/// Private to autograd/ops/.
void check_indices(const char* operation, const Tensor& index, int64_t size);

/// One element of an int64 tensor on either device, by its position.
int64_t element_at(const Tensor& index, int64_t position);

}  // namespace helder
