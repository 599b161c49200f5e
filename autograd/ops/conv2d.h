#pragma once

#include <limits>

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

/// What conv2d_fused does to each result before it is written. What is undefined is left out.
struct Conv2dEpilogue {
  Tensor scale = {};     ///< [O]: a batch norm's weight over its standard deviation
  Tensor shift = {};     ///< [O]: a bias, or what a batch norm adds
  Tensor residual = {};  ///< like the result: a shortcut
  double slope = 1;      ///< of negative results, from 0 to 1: 0.1 for a leaky ReLU
  double low = -std::numeric_limits<double>::infinity();  ///< 0 for ReLU
  double high = std::numeric_limits<double>::infinity();  ///< 6 for ReLU6
};

/// min(max(leaky(scale * conv2d(x, weight) + shift + residual), low), high) with leaky(v) = max(v, slope v),
/// in one pass, for inference: it has no gradient, and throws where one would be recorded.
Tensor conv2d_fused(const Tensor& x, const Tensor& weight, const Conv2dOptions& options,
                    const Conv2dEpilogue& epilogue);

}  // namespace helder
