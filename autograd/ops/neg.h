#pragma once

#include "tensor/tensor.h"

namespace helder {

/// -x.
Tensor neg(const Tensor& x);

inline Tensor operator-(const Tensor& x) { return neg(x); }

}  // namespace helder
