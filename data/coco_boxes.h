#pragma once

#include <array>
#include <cstdint>

namespace helder {

/// A box of the truth, COCO's annotation.
struct TruthBox {
  int64_t image = 0, category = 0;
  std::array<double, 4> box_xywh = {};
  double area = 0;     ///< of the thing itself, which COCO measures by its outline
  bool crowd = false;  ///< many things as one box: matched by any number of detections, counted neither way
};

/// A box that was found, COCO's result.
struct DetectedBox {
  int64_t image = 0, category = 0;
  std::array<double, 4> box_xywh = {};
  double score = 0;
};

}  // namespace helder
