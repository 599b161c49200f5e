#pragma once

#include "autograd/ops/pair.h"
#include "tensor/tensor.h"

namespace helder {

struct Conv2dOptions {
  Pair stride = 1;
  Pair padding = 0;  ///< zeros on each side
  Pair dilation = 1;
  int64_t groups = 1;
};

/// 2-D convolution (cross-correlation, as everywhere in deep learning): x [N, C, H, W] or [C, H, W], weight
/// [O, C / groups, KH, KW], bias [O] or undefined -> [N, O, OH, OW] with
/// OH = (H + 2 padding - dilation (KH - 1) - 1) / stride + 1, rounded down. float32 and float64.
Tensor conv2d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
              const Conv2dOptions& options = {});

}  // namespace helder
