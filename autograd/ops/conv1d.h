#pragma once

#include "tensor/tensor.h"

namespace helder {

struct Conv1dOptions {
  int64_t stride = 1;
  int64_t padding = 0;  ///< zeros on each side
  int64_t dilation = 1;
  int64_t groups = 1;
};

/// 1-D convolution: x [N, C, L] or [C, L], weight [O, C / groups, K], bias [O] or undefined -> [N, O, L']
/// with L' = (L + 2 padding - dilation (K - 1) - 1) / stride + 1, rounded down. float32 and float64.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
              const Conv1dOptions& options = {});

}  // namespace helder
