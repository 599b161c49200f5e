#pragma once

#include "tensor/tensor.h"

/// Boxes, [N,4], in pixels or relative to a picture; torchvision's names and results (torchvision.ops).
/// A pixel is a square: a box from 2 to 5 is 3 wide.
namespace helder {

enum class BoxFormat : uint8_t {
  XYXY,    ///< left, top, right, bottom
  CXCYWH,  ///< the centre, width, height
  XYWH     ///< left, top, width, height; COCO's
};

Tensor box_convert(const Tensor& boxes, BoxFormat from, BoxFormat to);

/// Boxes of format XYXY from here on. [N,4] -> [N].
Tensor box_area(const Tensor& boxes);

/// Intersection over union of each of `a` [N,4] with each of `b` [M,4]: [N,M]. Differentiable. Two boxes
/// without area have none (0; NaN in torchvision).
Tensor box_iou(const Tensor& a, const Tensor& b);

/// The squared distance of the centres of each of `a` and each of `b` over the squared diagonal of the
/// smallest box around both, 0 to 1: [N,M] ("Distance-IoU loss", Zheng et al., 2020, equation 6).
/// Differentiable.
Tensor box_centre_distance(const Tensor& a, const Tensor& b);

/// Boxes with what lies outside of a picture cut off.
Tensor clip_boxes_to_image(const Tensor& boxes, int64_t height, int64_t width);

}  // namespace helder
