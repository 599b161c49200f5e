#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x / (1 + |x|).
Tensor softsign(const Tensor& x);

}  // namespace helder
