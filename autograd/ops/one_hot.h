#pragma once

#include "tensor/tensor.h"

namespace helder {

/// For class numbers x (int64, any shape): a last dimension of `num_classes`, all 0 but 1 at the class;
/// int64. With -1 there are as many classes as the largest number plus 1.
Tensor one_hot(const Tensor& x, int64_t num_classes = -1);

}  // namespace helder
