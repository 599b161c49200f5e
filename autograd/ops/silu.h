#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x / (1 + e^-x), also called swish (Elfwing et al., 2017; Ramachandran et al., 2017).
Tensor silu(const Tensor& x);

}  // namespace helder
