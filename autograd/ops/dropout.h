#pragma once

#include "tensor/random.h"
#include "tensor/tensor.h"

namespace helder {

/// Sets each element to 0 with probability p and scales the others by 1 / (1 - p), so that the expected value
/// stays (Srivastava et al., 2014). Returns x itself when not `training` or when p is 0.
///
/// The elements are chosen by the generator's next (numel + 3) / 4 Philox counters, by element number: not by
/// how many threads there are, and without a mask in memory.
Tensor dropout(const Tensor& x, double p = 0.5, bool training = true,
               Generator& generator = default_generator());

}  // namespace helder
