#include "examples/common/found_boxes_output.h"

#include <fmt/core.h>

#include <algorithm>

#include "vision/drawing.h"

namespace helder {

Tensor draw_found_boxes(const Tensor& picture, const std::vector<FoundBox>& found,
                        const std::vector<std::string>& names) {
  const Tensor drawn = picture.clone();
  const int64_t scale = std::max<int64_t>(1, picture.size(2) / 400);
  for (auto box = found.rbegin(); box != found.rend(); ++box) {
    const auto [left, top, right, bottom] = box->box_xyxy;
    draw_labelled_box(drawn, {left, top, right, bottom},
                      fmt::format("{} {:.2f}", names[static_cast<size_t>(box->class_id)], box->confidence),
                      class_colour(box->class_id), scale);
  }
  return drawn;
}

void print_found_boxes(const std::vector<FoundBox>& found, const std::vector<std::string>& names) {
  if (found.empty()) {
    fmt::print("  nothing\n");
    return;
  }
  fmt::print("  {:<16} {:>10}  {:>7} {:>7} {:>7} {:>7}\n", "class", "confidence", "left", "top", "right",
             "bottom");
  for (const FoundBox& box : found) {
    const auto [left, top, right, bottom] = box.box_xyxy;
    fmt::print("  {:<16} {:>10.3f}  {:>7.1f} {:>7.1f} {:>7.1f} {:>7.1f}\n",
               names[static_cast<size_t>(box.class_id)], box.confidence, left, top, right, bottom);
  }
}

nlohmann::json json_of_found_boxes(const std::vector<FoundBox>& found,
                                   const std::vector<std::string>& names) {
  nlohmann::json boxes = nlohmann::json::array();
  for (const FoundBox& box : found) {
    boxes.push_back({{"class_id", box.class_id},
                     {"name", names[static_cast<size_t>(box.class_id)]},
                     {"confidence", box.confidence},
                     {"box_xyxy", box.box_xyxy}});
  }
  return boxes;
}

}  // namespace helder
