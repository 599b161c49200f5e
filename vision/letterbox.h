#pragma once

#include "tensor/tensor.h"

/// How a picture of any size becomes a network's input of one size, and boxes in the input become boxes in
/// the picture again.
namespace helder {

/// Where a picture lies in an input: x in the picture is at left + x scale_x there, both in pixels.
struct Placement {
  double scale_x = 1, scale_y = 1;
  double left = 0, top = 0;

  /// Boxes [N,4], XYXY: of the picture to the input, and back.
  Tensor to_input(const Tensor& boxes) const;
  Tensor to_picture(const Tensor& boxes) const;
};

struct PlacedPicture {
  Tensor input;  ///< [3,height,width], float32, from 0 to 1
  Placement placement;
};

/// A picture [3,H,W], uint8, stretched to the input's size whatever its proportions, as darknet does it:
/// bilinear, and the outermost pixels' centres stay the outermost (interpolate's align_corners); no
/// antialiasing.
PlacedPicture stretch(const Tensor& picture, int64_t height, int64_t width);

/// The same with its proportions kept: in the middle of the input, with grey (1/2) around, as darknet's
/// letterbox_image.
PlacedPicture letterbox(const Tensor& picture, int64_t height, int64_t width);

}  // namespace helder
