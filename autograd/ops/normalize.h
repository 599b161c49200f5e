#pragma once

#include "tensor/tensor.h"

namespace helder {

/// x / max(||x||_p, eps), the norm taken along `dim`: with the defaults each row of a matrix gets length 1.
/// The norm is (sum of |x|^p)^(1/p), for p = infinity the largest |x|, for p = 0 the number of elements that
/// are not 0. Where it is below `eps`, x is divided by eps, and the denominator passes no gradient. float32
/// or float64.
Tensor normalize(const Tensor& x, double p = 2, int64_t dim = 1, double eps = 1e-12);

}  // namespace helder
