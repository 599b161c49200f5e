#pragma once

#include <vector>

#include "autograd/ops/pair.h"
#include "tensor/tensor.h"

namespace helder {

struct RoiAlignOptions {
  double spatial_scale = 1;     ///< pixels of x a unit of the boxes: 1/16 for an image shrunk 16 times
  int64_t sampling_ratio = -1;  ///< samples in a bin along each axis; not positive: one a pixel
  bool aligned = false;         ///< half-pixel centres: box coordinate 0 is the edge of the first pixel
};

/// Pools regions of x [N, C, H, W] to one size: `boxes` [K, 5] has rows (n, x1, y1, x2, y2), the image's
/// number and two corners. -> [K, C, OH, OW]. float32 and float64; the gradient goes to x. Semantics are
/// torchvision's. He et al., "Mask R-CNN", 2017, section 3.
Tensor roi_align(const Tensor& x, const Tensor& boxes, Pair output_size, const RoiAlignOptions& options = {});

/// `boxes[n]` [L, 4] are those of image n; the results follow one another.
Tensor roi_align(const Tensor& x, const std::vector<Tensor>& boxes, Pair output_size,
                 const RoiAlignOptions& options = {});

}  // namespace helder
