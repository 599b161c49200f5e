#pragma once

#include <functional>
#include <string>

#include "models/darknet.h"
#include "vision/found_boxes.h"

namespace helder {

/// Pictures of how a grid becomes boxes, each given to `save` with a name for it: `grid-0`, the first head's
/// cells over the network's input, and framed those in which the centre of a found box lies; `anchors-0`, the
/// boxes that the cell in the middle starts from; `before`, all boxes above the threshold; `after`, those
/// that non-maximum suppression leaves.
void draw_detection_stages(Darknet& net, const PlacedPicture& placed, const FindOptions& options,
                           const std::function<void(const std::string& name, const Tensor& picture)>& save);

}  // namespace helder
