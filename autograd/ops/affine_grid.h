#pragma once

#include "tensor/tensor.h"

namespace helder {

/// The places that `grid_sample` reads for an affine map of the image: theta [N, 2, 3] times (x, y, 1) at
/// each pixel of an output of `size` [N, C, H, W]. -> [N, H, W, 2]. float32 and float64. Jaderberg et al.,
/// "Spatial transformer networks", 2015, equation 1.
Tensor affine_grid(const Tensor& theta, const Shape& size, bool align_corners = false);

}  // namespace helder
