#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/darknet_boxes.h"
#include "vision/letterbox.h"

namespace helder {

/// Something that was found in a picture.
struct FoundBox {
  int64_t class_id = 0;
  double confidence = 0;
  std::array<double, 4> box_xyxy = {};  ///< pixels of the picture; may reach beyond its edges
};

struct FindOptions {
  double threshold = 0.25;      ///< the least confidence
  double iou_threshold = 0.45;  ///< of non-maximum suppression within each class; 1: none is done
  std::optional<double> distance_exponent = {};  ///< of nms; DarknetOptions has the network's
};

/// What predictions about a network's input, in which a picture has this `placement`, say of the picture:
/// each counts once for every class that it gives more than the threshold. The surest comes first.
std::vector<FoundBox> found_boxes(const BoxPredictions& predictions, int64_t input_height,
                                  int64_t input_width, const Placement& placement,
                                  const FindOptions& options = {});

}  // namespace helder
