#include "examples/common/detector_report.h"

#include <algorithm>

#include "data/image.h"
#include "data/resize.h"
#include "inspect/curves.h"
#include "vision/drawing.h"

namespace helder {

void print_metrics(const CocoMetrics& metrics, const std::vector<std::string>& classes) {
  fmt::print("\nheld out: mAP@.5 {:.4f}  mAP@.75 {:.4f}  mAP@[.5:.95] {:.4f}\n", metrics.ap50, metrics.ap75,
             metrics.ap);
  fmt::print("{:<16}{:>10}{:>14}\n", "class", "AP@.5", "AP@[.5:.95]");
  for (const auto& [category, ap] : metrics.ap_of) {
    fmt::print("{:<16}{:>10.3f}{:>14.3f}\n", classes[static_cast<size_t>(category)],
               metrics.ap50_of.at(category), ap);
  }
}

void draw_found(const std::filesystem::path& folder, const DetectionDataset& dataset,
                const std::vector<std::vector<FoundBox>>& found, int64_t count) {
  std::filesystem::create_directories(folder);
  constexpr double kShown = 0.4;  // the least confidence
  for (size_t i = 0; i < found.size() && static_cast<int64_t>(i) < count; ++i) {
    const Tensor small = dataset.pictures[i].load();
    const int64_t scale = std::max<int64_t>(1, 384 / small.size(2));
    const Tensor picture = resize(small, small.size(1) * scale, small.size(2) * scale);
    for (auto box = found[i].rbegin(); box != found[i].rend(); ++box) {  // the surest on top
      if (box->confidence > kShown) {
        const auto [left, top, right, bottom] = box->box_xyxy;
        const auto s = static_cast<double>(scale);
        draw_labelled_box(
            picture, {left * s, top * s, right * s, bottom * s},
            fmt::format("{} {:.2f}", dataset.classes[static_cast<size_t>(box->class_id)], box->confidence),
            class_colour(box->class_id));
      }
    }
    save_png(folder / fmt::format("{:03}.png", i), picture);
  }
}

void write_detector_curves(const std::filesystem::path& path, const std::string& title,
                           const std::string& data, const nlohmann::json& epochs) {
  std::map<std::string, Curve> losses;
  Curve map50 = {.name = "mAP@.5"}, map = {.name = "mAP@[.5:.95]"};
  const auto add = [](Curve& curve, const nlohmann::json& x, const nlohmann::json& y) {
    curve.x.push_back(x);
    curve.y.push_back(y);
  };
  for (const auto& epoch : epochs) {
    for (const auto& [name, loss] : epoch.at("losses").items()) {
      add(losses[name], epoch.at("epoch"), loss);
    }
    add(map50, epoch.at("epoch"), epoch.at("map50"));
    add(map, epoch.at("epoch"), epoch.at("map"));
  }
  CurvePanel loss_panel = {.title = "Loss, by its parts", .x_label = "epoch"};
  for (auto& [name, curve] : losses) {
    curve.name = name;
    loss_panel.curves.push_back(std::move(curve));
  }
  write_curves_html(
      path,
      {.title = title,
       .facts = {{"data", data}},
       .panels = {
           loss_panel,
           {.title = "Average precision on held-out pictures", .x_label = "epoch", .curves = {map50, map}}}});
}

}  // namespace helder
