#pragma once

#include <optional>
#include <string>

#include "autograd/ops/pair.h"
#include "tensor/tensor.h"

namespace helder {

/// By how much an image grows along height and width. One number means both.
struct ScaleFactor {
  double h, w;

  ScaleFactor(double both) : h(both), w(both) {}  // implicit, as Pair is
  ScaleFactor(double height, double width) : h(height), w(width) {}
};

/// Either `size` or `scale_factor` has to be given.
struct InterpolateOptions {
  std::optional<Pair> size = {};  ///< of the output
  /// The output's size is that of the input times this, rounded down; places are mapped by the factor itself.
  std::optional<ScaleFactor> scale_factor = {};
  /// "nearest", "nearest-exact", "bilinear", "bicubic", or "area", which is adaptive_avg_pool2d.
  std::string mode = "nearest";
  bool align_corners = false;  ///< bilinear and bicubic: the corner pixels' centres stay where they are
  bool antialias = false;      ///< bilinear and bicubic: when shrinking, see every pixel, as Pillow does
};

/// Images of another size: x [N, C, H, W] -> [N, C, OH, OW]. float32 and float64; "nearest" and
/// "nearest-exact" uint8 as well. kernels/resample/axis.h says which pixels are taken with what weights.
Tensor interpolate(const Tensor& x, const InterpolateOptions& options);

}  // namespace helder
