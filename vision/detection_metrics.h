#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "data/coco_boxes.h"

/// How good a detector is. A detection is right where it overlaps a box of the truth, of its class and not
/// matched yet, by at least a threshold of intersection over union; else it is a false positive, also where
/// it found the thing but drew its box badly. A box of the truth that no detection matched is a false
/// negative. With them
///
///   precision = right / detections,    recall = right / truth,    F1 = 2 precision recall / (precision +
///   recall)
///
/// which depend on the least confidence that counts: lowering it buys recall with precision. The average
/// precision (AP) is the mean of precision over recall.
namespace helder {

/// Precision and recall of one class as the least confidence falls, a step a detection.
struct PrecisionRecall {
  std::vector<double> score, precision, recall;  ///< from the surest detection on
  int64_t truth = 0;                             ///< boxes to be found
  double average_precision = -1;                 ///< COCO's; -1 where there is nothing to be found

  /// The step with the highest F1, and that; the number of steps where there is none.
  size_t best_step() const;
  double f1(size_t step) const;
};

/// At one threshold of intersection over union, of things of any area, at most 100 detections a picture and
/// class.
PrecisionRecall precision_recall(std::span<const TruthBox> truth, std::span<const DetectedBox> found,
                                 int64_t category, double iou_threshold = 0.5);

/// COCO's twelve numbers (cocodataset.org/#detection-eval); -1 where no box of that kind is to be found.
struct CocoMetrics {
  double ap = -1;               ///< mean over IoU .50, .55, ..., .95 and classes: mAP@[.5:.95]
  double ap50 = -1, ap75 = -1;  ///< at one threshold
  double ap_small = -1, ap_medium = -1,
         ap_large = -1;                    ///< area up to 32^2, from 32^2 to 96^2, and from 96^2 on
  double ar1 = -1, ar10 = -1, ar100 = -1;  ///< recall, with at most so many detections a picture and class
  double ar_small = -1, ar_medium = -1, ar_large = -1;
  std::map<int64_t, double> ap_of, ap50_of;  ///< of each class
};

/// As pycocotools computes them, ties and all: detections of equal score count in the order of `found` within
/// a picture, and of the pictures' numbers among them. A box outside an area range is ignored as a crowd is,
/// and so is a detection outside of it that matches nothing.
CocoMetrics coco_metrics(std::span<const TruthBox> truth, std::span<const DetectedBox> found);

/// What was taken for what: counts[t][d] of boxes of class `categories[t]` that were matched by a detection
/// of class `categories[d]`. The last row are detections of nothing (false positives), the last column things
/// that were not found (false negatives).
struct DetectionConfusion {
  std::vector<int64_t> categories;
  std::vector<std::vector<int64_t>> counts;
};

/// Pairs of truth and detection, whatever their classes, are matched from the largest overlap down, each box
/// once, if they overlap by more than `iou_threshold`; detections with less confidence and crowds are left
/// out.
DetectionConfusion detection_confusion(std::span<const TruthBox> truth, std::span<const DetectedBox> found,
                                       double confidence = 0.25, double iou_threshold = 0.45);

}  // namespace helder
