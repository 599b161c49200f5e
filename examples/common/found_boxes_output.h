#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tensor/tensor.h"
#include "vision/found_boxes.h"

// Boxes that were found in a picture, for people and for machines. `names` are those of the classes.

namespace helder {

/// A new picture with the boxes on it, the surest on top; `picture` is [3,H,W], uint8.
Tensor draw_found_boxes(const Tensor& picture, const std::vector<FoundBox>& found,
                        const std::vector<std::string>& names);

/// A table, a line a box.
void print_found_boxes(const std::vector<FoundBox>& found, const std::vector<std::string>& names);

/// A list of `class_id`, `name`, `confidence` and `box_xyxy` in pixels.
nlohmann::json json_of_found_boxes(const std::vector<FoundBox>& found, const std::vector<std::string>& names);

}  // namespace helder
