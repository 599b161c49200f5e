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

/// What a head says of one picture where it is surer than `threshold` that there is a box. x is what the head
/// is given, [anchors (5 + classes), H, W]; t are its numbers as activate_head would leave them, which is
/// done for these boxes alone. With column i and row j of a cell, and the anchor's width aw and height ah
/// (Redmon and Farhadi, "YOLOv3", 2018, section 2.1):
///
///   cx = (i + t[0]) / W     w = aw e^t[2] / input_width          ("YOLO9000", for a region: aw e^t[2] / W)
///   cy = (j + t[1]) / H     h = ah e^t[3] / input_height
///
/// and, with new_coords, 4 t[2]^2 and 4 t[3]^2 in place of the exponentials.
BoxPredictions decode_head(const Tensor& x, const DarknetYolo& head, double input_height, double input_width,
                           double threshold);
BoxPredictions decode_head(const Tensor& x, const DarknetRegion& head, double threshold);

/// The predictions of several heads, one after another.
BoxPredictions join(std::span<const BoxPredictions> parts);

class Darknet;

/// What all heads of a network say of one picture, x [1,channels,H,W].
BoxPredictions predict_boxes(Darknet& net, const Tensor& x, double threshold);

}  // namespace helder
