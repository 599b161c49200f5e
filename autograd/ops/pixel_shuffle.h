#pragma once

#include "tensor/tensor.h"

namespace helder {

/// Channels become pixels: x [..., C r^2, H, W] -> [..., C, H r, W r], where channel c r^2 + i r + j holds
/// the pixels (i, j) of all squares of r x r pixels. Any type. Shi et al., "Real-time single image and video
/// super-resolution using an efficient sub-pixel convolutional neural network", 2016.
Tensor pixel_shuffle(const Tensor& x, int64_t upscale_factor);

/// The reverse: x [..., C, H r, W r] -> [..., C r^2, H, W].
Tensor pixel_unshuffle(const Tensor& x, int64_t downscale_factor);

}  // namespace helder
