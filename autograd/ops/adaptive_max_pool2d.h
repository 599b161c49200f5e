#pragma once

#include "autograd/ops/adaptive_pool2d_geometry.h"
#include "tensor/tensor.h"

namespace helder {

/// The maxima, and where they were.
struct AdaptiveMaxPool2dResult {
  Tensor values;
  Tensor indices;  ///< int64, row * W + column in the plane of H x W; without gradient
};

/// The maximum of each of `size` windows that cover x [N,C,H,W] or [C,H,W] evenly (see adaptive_avg_pool2d).
/// A NaN in a window wins. The gradient goes to where the maximum was; to the first place, where there are
/// several. float32 and float64.
Tensor adaptive_max_pool2d(const Tensor& x, const AdaptiveSize& size);

/// PyTorch's return_indices=True.
AdaptiveMaxPool2dResult adaptive_max_pool2d_with_indices(const Tensor& x, const AdaptiveSize& size);

}  // namespace helder
