#pragma once

#include <cstdint>

#include "models/preprocessing.h"
#include "tensor/tensor.h"

namespace helder {

/// Resizes an image [C,H,W], uint8, to [C,height,width], byte for byte as Pillow's `resize` does: first along
/// rows, then along columns, each pixel a weighted sum of all that it covers
///
///   y[o] = sum_i w((i + 1/2 - (o + 1/2) s) / max(s, 1)) x[i],   s = in / out,   weights divided by their sum
///
/// where w is the triangle (Bilinear) or Keys' cubic with a = -1/2 (Bicubic). The stretch by max(s, 1) is the
/// antialiasing: without it a smaller image is made of a few pixels of the larger one, and fine patterns turn
/// into coarse ones. Weights are rounded to 22 binary places, and both passes to 8 bits.
///
/// As in Pillow from version 13 on, columns come first where the height shrinks by more than twice as many
/// pixels as the width; earlier versions round a little differently there.
Tensor resize(const Tensor& image, int64_t height, int64_t width, Resample resample = Resample::Bilinear);

}  // namespace helder
