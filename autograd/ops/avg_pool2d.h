#pragma once

#include <optional>

#include "autograd/ops/pair.h"
#include "tensor/tensor.h"

namespace helder {

struct AvgPool2dOptions {
  std::optional<Pair> stride = {};  ///< the kernel's size when not given: windows side by side
  Pair padding = 0;                 ///< of zeros; at most half of the kernel
  bool ceil_mode = false;           ///< keep a last window that hangs over the edge
  bool count_include_pad = true;    ///< whether padding counts in the number that the sum is divided by
};

/// The mean of each window of `kernel` pixels of x [N,C,H,W] or [C,H,W], float32 or float64.
Tensor avg_pool2d(const Tensor& x, Pair kernel, const AvgPool2dOptions& options = {});

}  // namespace helder
