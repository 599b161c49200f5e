#pragma once

#include <optional>

#include "autograd/ops/pair.h"
#include "tensor/tensor.h"

namespace helder {

struct MaxPool2dOptions {
  std::optional<Pair> stride = {};  ///< the kernel's size when not given: windows side by side
  Pair padding = 0;                 ///< at most half of the kernel; padding is never the maximum
  Pair dilation = 1;
  bool ceil_mode = false;  ///< keep a last window that hangs over the edge
};

/// The maxima, and where they were.
struct MaxPool2dResult {
  Tensor values;
  Tensor indices;  ///< int64, row * W + column in the plane of H x W; without gradient
};

/// The maximum of each window of `kernel` pixels of x [N,C,H,W] or [C,H,W], float32 or float64. A NaN in a
/// window wins. The gradient goes to where the maximum was; to the first place, where there are several.
Tensor max_pool2d(const Tensor& x, Pair kernel, const MaxPool2dOptions& options = {});

/// PyTorch's return_indices=True.
MaxPool2dResult max_pool2d_with_indices(const Tensor& x, Pair kernel, const MaxPool2dOptions& options = {});

}  // namespace helder
