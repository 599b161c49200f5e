#include "examples/common/detection_stages.h"

#include <cmath>

#include "autograd/ops/clamp.h"
#include "autograd/ops/mul.h"
#include "models/darknet_boxes.h"
#include "tensor/factories.h"
#include "vision/drawing.h"

namespace helder {
namespace {

// The network's input as a picture to draw on.
Tensor picture_of(const Tensor& input) { return clamp(mul(input, 255), 0, 255).to(DType::UInt8).clone(); }

struct Head {
  std::vector<DarknetYolo::Anchor> anchors;  // in pixels of the input
  int64_t rows, columns;
};

Head head_of(const Darknet& net, size_t number) {
  const auto layer = static_cast<size_t>(net.heads()[number]);
  const Shape& shape = net.plan()[layer].output;
  if (const auto* yolo = std::get_if<DarknetYolo>(&net.options().layers[layer].kind)) {
    return {yolo->anchors, shape[1], shape[2]};
  }
  std::vector<DarknetYolo::Anchor> anchors =
      std::get<DarknetRegion>(net.options().layers[layer].kind).anchors;
  for (DarknetYolo::Anchor& anchor : anchors) {
    anchor.width *= static_cast<double>(net.options().width) / static_cast<double>(shape[2]);
    anchor.height *= static_cast<double>(net.options().height) / static_cast<double>(shape[1]);
  }
  return {anchors, shape[1], shape[2]};
}

// Cell lines; the cells that hold a box's centre are framed in its class's colour.
Tensor draw_grid(const Tensor& input, const Head& head, std::span<const FoundBox> found) {
  const Tensor picture = picture_of(input);
  const double height = static_cast<double>(input.size(1)) / static_cast<double>(head.rows);
  const double width = static_cast<double>(input.size(2)) / static_cast<double>(head.columns);
  for (int64_t i = 0; i < head.rows; ++i) {
    for (int64_t j = 0; j < head.columns; ++j) {
      const double left = static_cast<double>(j) * width, top = static_cast<double>(i) * height;
      draw_box(picture, {left, top, left + width + 1, top + height + 1}, {230, 230, 230}, 1);
    }
  }
  for (const FoundBox& box : found) {
    const double x = (box.box_xyxy[0] + box.box_xyxy[2]) / 2, y = (box.box_xyxy[1] + box.box_xyxy[3]) / 2;
    const double left = std::floor(x / width) * width, top = std::floor(y / height) * height;
    draw_box(picture, {left, top, left + width + 1, top + height + 1}, class_colour(box.class_id), 3);
  }
  return picture;
}

Tensor draw_anchors(const Tensor& input, const Head& head) {
  const Tensor picture = picture_of(input);
  const double height = static_cast<double>(input.size(1)) / static_cast<double>(head.rows);
  const double width = static_cast<double>(input.size(2)) / static_cast<double>(head.columns);
  const double left = static_cast<double>(head.columns / 2) * width,
               top = static_cast<double>(head.rows / 2) * height;
  fill_box(picture, {left, top, left + width, top + height}, {255, 255, 255});
  const double x = left + width / 2, y = top + height / 2;
  for (size_t i = 0; i < head.anchors.size(); ++i) {
    const double w = head.anchors[i].width / 2, h = head.anchors[i].height / 2;
    draw_box(picture, {x - w, y - h, x + w, y + h}, class_colour(static_cast<int64_t>(i)), 2);
  }
  return picture;
}

Tensor draw_boxes(const Tensor& input, std::span<const FoundBox> found) {
  const Tensor picture = picture_of(input);
  for (const FoundBox& box : found) {
    draw_box(picture, {box.box_xyxy[0], box.box_xyxy[1], box.box_xyxy[2], box.box_xyxy[3]},
             class_colour(box.class_id), 2);
  }
  return picture;
}

}  // namespace

void draw_detection_stages(Darknet& net, const PlacedPicture& placed, const FindOptions& options,
                           const std::function<void(const std::string&, const Tensor&)>& save) {
  const BoxPredictions predictions =
      predict_boxes(net, placed.input.unsqueeze(0).to(device_of(net)), options.threshold);
  FindOptions all = options;
  all.iou_threshold = 1;
  const int64_t height = placed.input.size(1), width = placed.input.size(2);
  const auto before = found_boxes(predictions, height, width, {}, all);  // in the input's own pixels
  const auto after = found_boxes(predictions, height, width, {}, options);
  for (size_t i = 0; i < net.heads().size(); ++i) {
    const Head head = head_of(net, i);
    save(fmt::format("grid-{}", i), draw_grid(placed.input, head, after));
    save(fmt::format("anchors-{}", i), draw_anchors(placed.input, head));
  }
  save("before", draw_boxes(placed.input, before));
  save("after", draw_boxes(placed.input, after));
}

}  // namespace helder
