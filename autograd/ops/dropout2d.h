#pragma once

#include "tensor/random.h"
#include "tensor/tensor.h"

namespace helder {

/// Sets each channel of each picture of x [N, C, H, W] to 0 as a whole with probability p, and scales the
/// others by 1 / (1 - p) (Tompson et al., "Efficient object localization using convolutional networks", 2015,
/// section 3.2). Neighbouring pixels of a plane tell the same: dropping single ones would hide little.
/// Returns x itself when not `training` or when p is 0.
///
/// Takes the generator's next (N C + 3) / 4 Philox counters, a word for each plane.
Tensor dropout2d(const Tensor& x, double p = 0.5, bool training = true,
                 Generator& generator = default_generator());

}  // namespace helder
