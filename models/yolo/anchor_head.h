#pragma once

#include "layers/module_list.h"
#include "models/yolo/head.h"

namespace helder {

struct AnchorHeadOptions {
  /// One scale: cells of `stride` pixels, and for each the shapes that boxes start from, in pixels.
  struct Scale {
    int64_t channels = 0;  ///< of its features
    int64_t stride = 8;
    std::vector<DarknetYolo::Anchor> anchors = {};
  };
  std::vector<Scale> scales;
  int64_t classes = 1;
  double scale_x_y =
      1;  ///< by how much a centre may leave its cell; 1: not at all. darknet's, from YOLOv4 on
  /// Every anchor whose shape has more IoU with a thing than this learns it, as in YOLOv4; 1: only the best,
  /// as in YOLOv2 and v3.
  double match_threshold = 1;
  /// A box that learns nothing, but overlaps a thing by more than this, is not told that there is none.
  double ignore_threshold = 0.7;
  /// Whether objectness is to be the IoU of the box with its thing, as in YOLOv2 (darknet's rescore), or 1.
  bool rescore = true;
  double box_gain = 5, objectness_gain = 1, class_gain = 1;
};

/// The head of YOLOv2 to v4: each cell says for each of its anchors how to change it, whether there is a
/// thing, and what (Redmon and Farhadi, "YOLOv3", 2018; Bochkovskiy et al., "YOLOv4", 2020). Numbers [N,
/// anchors (5 + classes), H, W] as darknet's, and boxes as decode_head in models/darknet_boxes.h makes them.
/// The loss:
///
///   box          1 - CIoU of each matched box, mean
///   objectness   binary cross entropy of all boxes that are not ignored, divided by the number of matched
///   ones classes      binary cross entropy of each class of each matched box, likewise
///
/// Modules: convs.SCALE (3x3), outputs.SCALE (1x1).
class AnchorHead : public YoloHead {
 public:
  explicit AnchorHead(const AnchorHeadOptions& options);

  ModuleList<YoloConv> convs;
  ModuleList<Conv2d> outputs;

  std::vector<Tensor> numbers(std::span<const Tensor> features) override;
  YoloLoss loss(std::span<const Tensor> numbers, std::span<const YoloTargets> targets) const override;
  BoxPredictions predictions(std::span<const Tensor> numbers, int64_t picture,
                             double threshold) const override;
  std::string describe() const override;

  const AnchorHeadOptions& options() const { return options_; }

 private:
  std::vector<int64_t> anchor_counts() const;

  AnchorHeadOptions options_;
};

/// `count` shapes that boxes of these sizes are like, from the smallest area to the largest: the means of
/// k-means, where 1 - IoU is the distance (Redmon and Farhadi, "YOLO9000", CVPR 2017, section 2). The first
/// means are sizes at equal steps of area.
std::vector<DarknetYolo::Anchor> cluster_anchors(std::vector<DarknetYolo::Anchor> sizes, size_t count);

}  // namespace helder
