#include "examples/common/detector_evaluation.h"

#include "autograd/grad_mode.h"
#include "layers/module_guards.h"

namespace helder {
namespace {

// The least confidence that counts for average precision, which looks at all of them.
constexpr double kLowest = 0.01;

std::array<double, 4> as_xywh(const std::array<double, 4>& xyxy) {
  return {xyxy[0], xyxy[1], xyxy[2] - xyxy[0], xyxy[3] - xyxy[1]};
}

}  // namespace

std::vector<YoloTargets> targets_of(const DetectionBatch& batch) {
  std::vector<YoloTargets> targets;
  for (const auto& boxes : batch.boxes) {
    YoloTargets& of_picture = targets.emplace_back();
    for (const LabelledBox& box : boxes) {
      const auto [left, top, right, bottom] = box.box_xyxy;
      if (right - left >= 1 && bottom - top >= 1) {  // less than a pixel says nothing
        of_picture.push_back({{left, top, right, bottom}, box.label});
      }
    }
  }
  return targets;
}

std::vector<std::vector<FoundBox>> find_all(YoloNet& net, const DetectionBatch& batch, int64_t side,
                                            const FindOptions& options) {
  const NoGrad guard;
  const EvalGuard mode(net);
  const std::vector<Tensor> numbers = net.numbers(batch.images.to(device_of(net)));
  std::vector<std::vector<FoundBox>> found;
  for (int64_t i = 0; i < batch.size(); ++i) {
    found.push_back(found_boxes(net.head->predictions(numbers, i, options.threshold), side, side,
                                batch.placements[static_cast<size_t>(i)], options));
  }
  return found;
}

std::vector<TruthBox> truth_of(const DetectionDataset& dataset) {
  std::vector<TruthBox> truth;
  for (int64_t image = 0; image < dataset.size(); ++image) {
    for (const LabelledBox& box : dataset.pictures[static_cast<size_t>(image)].boxes) {
      truth.push_back({image, box.label, as_xywh(box.box_xyxy), box.area, box.crowd});
    }
  }
  return truth;
}

DetectorEvaluation evaluate_detector(YoloNet& net, const DetectionLoader& loader, int64_t side) {
  DetectorEvaluation result;
  std::vector<DetectedBox> detected;
  for (int64_t b = 0; b < loader.batches_per_epoch(); ++b) {
    for (auto& boxes :
         find_all(net, loader.batch(0, b), side, {.threshold = kLowest, .iou_threshold = 0.6})) {
      const auto image = static_cast<int64_t>(result.found.size());
      for (const FoundBox& box : boxes) {
        detected.push_back({image, box.class_id, as_xywh(box.box_xyxy), box.confidence});
      }
      result.found.push_back(std::move(boxes));
    }
  }
  result.metrics = coco_metrics(truth_of(loader.dataset()), detected);
  return result;
}

}  // namespace helder
