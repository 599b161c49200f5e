#include "inspect/report_boxes.h"

#include "autograd/grad_mode.h"
#include "models/darknet_boxes.h"
#include "vision/found_boxes.h"

namespace helder {

nlohmann::json found_boxes_json(BoxScores& detector, const Tensor& x,
                                std::span<const std::string_view> classes) {
  const NoGrad no_grad;
  const FindOptions options = {.distance_exponent = detector.net().options().nms_distance_exponent};
  const BoxPredictions predictions = predict_boxes(detector.net(), x, options.threshold);
  const auto height = static_cast<double>(x.size(2)), width = static_cast<double>(x.size(3));
  nlohmann::json result = nlohmann::json::array();
  for (const FoundBox& found : found_boxes(predictions, x.size(2), x.size(3), {}, options)) {
    const auto [left, top, right, bottom] = found.box_xyxy;
    const auto index = static_cast<size_t>(found.class_id);
    result.push_back({{"class", found.class_id},
                      {"name", index < classes.size() ? std::string(classes[index])
                                                      : fmt::format("class {}", found.class_id)},
                      {"confidence", found.confidence},
                      {"box", {left / width, top / height, right / width, bottom / height}}});
  }
  return result;
}

nlohmann::json explain_box_scores(BoxScores& detector, const Tensor& x) {
  nlohmann::json boxes = nlohmann::json::array();
  for (const BoxScores::Surest& box : detector.surest(x)) {
    boxes.push_back({{"layer", fmt::format("layers.{}", box.layer)},
                     {"anchor", box.anchor},
                     {"row", box.row},
                     {"column", box.column},
                     {"objectness", box.objectness},
                     {"probability", box.probability}});
  }
  return {{"kind", "box_score"}, {"boxes", boxes}};
}

}  // namespace helder
