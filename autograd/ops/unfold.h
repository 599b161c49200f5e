#pragma once

#include "autograd/ops/pair.h"
#include "tensor/tensor.h"

namespace helder {

struct UnfoldOptions {
  Pair dilation = 1;
  Pair padding = 0;  ///< zeros on each side
  Pair stride = 1;
};

/// The windows that a convolution sees, a column each (im2col): x [N,C,H,W] or [C,H,W] ->
/// [N, C * KH * KW, L] or [C * KH * KW, L], where L = OH * OW windows are counted row by row and
/// OH = (H + 2 padding - dilation (KH - 1) - 1) / stride + 1. float32 and float64.
Tensor unfold(const Tensor& x, Pair kernel_size, const UnfoldOptions& options = {});

/// The transpose of `unfold` (col2im): columns [N, C * KH * KW, L] or [C * KH * KW, L] are added up where
/// they came from, which gives [N, C, H, W] or [C, H, W] with H x W = `output_size`. Each is the other's
/// gradient.
Tensor fold(const Tensor& columns, Pair output_size, Pair kernel_size, const UnfoldOptions& options = {});

}  // namespace helder
