#pragma once

#include "models/yolo/yolo_net.h"
#include "vision/detection_loader.h"
#include "vision/detection_metrics.h"
#include "vision/found_boxes.h"

namespace helder {

/// What a head is to learn of a batch.
std::vector<YoloTargets> targets_of(const DetectionBatch& batch);

/// What the network finds in each picture of a batch, in pixels of the picture. In eval() mode, without
/// recording.
std::vector<std::vector<FoundBox>> find_all(YoloNet& net, const DetectionBatch& batch, int64_t side,
                                            const FindOptions& options);

struct DetectorEvaluation {
  CocoMetrics metrics;
  std::vector<std::vector<FoundBox>> found;  ///< of each picture of the dataset
};

/// How good the network is on a dataset, whose pictures become inputs of `side` x `side` pixels. The loader
/// does not shuffle.
DetectorEvaluation evaluate_detector(YoloNet& net, const DetectionLoader& loader, int64_t side);

/// The truth and what was found as COCO has them; pictures and classes by number.
std::vector<TruthBox> truth_of(const DetectionDataset& dataset);

}  // namespace helder
