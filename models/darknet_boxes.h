#pragma once

#include <span>

#include "models/darknet_options.h"
#include "tensor/tensor.h"

/// How a grid of numbers becomes boxes.
namespace helder {

/// Boxes that a network believes in, K of them.
struct BoxPredictions {
  Tensor boxes;   ///< [K,4]: cx, cy, width and height, relative to the network's input (0 to 1)
  Tensor scores;  ///< [K,classes]: that there is a box, times the probability of the class
};

/// What a head gives of one picture, as activate_head left it, x [anchors (5 + classes), H, W], where it is
/// surer than `threshold` that there is a box. With column i and row j of a cell, and the anchor's width aw
/// and height ah (Redmon and Farhadi, "YOLOv3", 2018, section 2.1):
///
///   cx = (i + x[0]) / W     w = aw e^x[2] / input_width          ("YOLO9000", for a region: aw e^x[2] / W)
///   cy = (j + x[1]) / H     h = ah e^x[3] / input_height
///
/// and, with new_coords, 4 x[2]^2 and 4 x[3]^2 in place of the exponentials.
BoxPredictions decode_head(const Tensor& x, const DarknetYolo& head, double input_height, double input_width,
                           double threshold);
BoxPredictions decode_head(const Tensor& x, const DarknetRegion& head, double threshold);

/// The predictions of several heads, one after another.
BoxPredictions join(std::span<const BoxPredictions> parts);

class Darknet;

/// What all heads of a network say of one picture, x [1,channels,H,W].
BoxPredictions predict_boxes(Darknet& net, const Tensor& x, double threshold);

}  // namespace helder
