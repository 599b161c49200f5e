#pragma once

#include <string>

#include "tensor/tensor.h"

namespace helder {

struct GridSampleOptions {
  std::string mode = "bilinear";       ///< or "nearest", "bicubic"
  std::string padding_mode = "zeros";  ///< or "border", "reflection": what lies beyond the image
  bool align_corners = false;  ///< whether -1 and 1 are the centres of the outermost pixels, or their edges
};

/// Reads x [N, C, H, W] at the places grid [N, OH, OW, 2]: (x, y), which are -1 at the left and upper ends
/// and 1 at the right and lower ones. -> [N, C, OH, OW]. float32 and float64. Gradients go to x and, but for
/// "nearest", to the grid. Jaderberg et al., "Spatial transformer networks", 2015, section 3.3.
Tensor grid_sample(const Tensor& x, const Tensor& grid, const GridSampleOptions& options = {});

}  // namespace helder
