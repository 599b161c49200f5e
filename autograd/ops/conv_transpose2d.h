#pragma once

#include "autograd/ops/pair.h"
#include "tensor/tensor.h"

namespace helder {

struct ConvTranspose2dOptions {
  Pair stride = 1;
  Pair padding = 0;         ///< rows and columns cut off on each side of the output
  Pair output_padding = 0;  ///< rows and columns added at the end of the output; below stride or dilation
  int64_t groups = 1;
  Pair dilation = 1;
};

/// The transpose of `conv2d` with these options: each pixel of x [N, C, H, W] or [C, H, W] is multiplied with
/// the whole kernel of weight [C, O / groups, KH, KW] and added to the output at `stride` times its place;
/// bias [O] or undefined. -> [N, O, OH, OW] with
/// OH = (H - 1) stride - 2 padding + dilation (KH - 1) + output_padding + 1. float32 and float64.
///
/// Zeiler et al., "Deconvolutional networks", 2010; Dumoulin and Visin, "A guide to convolution arithmetic
/// for deep learning", 2016, section 4.
Tensor conv_transpose2d(const Tensor& x, const Tensor& weight, const Tensor& bias = {},
                        const ConvTranspose2dOptions& options = {});

}  // namespace helder
