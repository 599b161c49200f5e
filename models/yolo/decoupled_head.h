#pragma once

#include "layers/module_list.h"
#include "layers/sequential.h"
#include "models/yolo/head.h"

namespace helder {

struct DecoupledHeadOptions {
  struct Scale {
    int64_t channels = 0;  ///< of its features
    int64_t stride = 8;
  };
  std::vector<Scale> scales;
  int64_t classes = 1;
  int64_t box_channels = 32, class_channels = 32;  ///< of the layers between
  int64_t bins = 16;  ///< a side may be up to bins - 1 cells away from its cell's centre (reg_max)
  TaskAlignedOptions assignment = {};
  double box_gain = 7.5, class_gain = 0.5, distribution_gain = 1.5;  ///< YOLOv8's
};

/// The head of YOLOv8: no anchors, and no objectness. Each cell says how far the four sides of a box are from
/// its centre, in cells, each as a distribution over 0, 1, ..., bins - 1 whose mean is the distance (Li et
/// al., "Generalized focal loss", 2020), and separately, from layers of their own (Ge et al., "YOLOX", 2021),
/// the probability of each class. Numbers [N, 4 bins + classes, H, W]. Things go to cells by task_aligned;
/// with the score that a match is to get as its weight w, and W the sum of all w, the loss is
///
///   box            sum w (1 - CIoU) / W over matches
///   distribution   sum w (distribution focal loss, mean of four sides) / W
///   classes        binary cross entropy of all cells and classes / W; the target is w at a match's class,
///   else 0
///
/// each times its gain. Modules: boxes.SCALE and classes.SCALE, each two 3x3 convolutions and a 1x1.
class DecoupledHead : public YoloHead {
 public:
  explicit DecoupledHead(const DecoupledHeadOptions& options);

  ModuleList<Sequential> boxes, classes;

  std::vector<Tensor> numbers(std::span<const Tensor> features) override;
  YoloLoss loss(std::span<const Tensor> numbers, std::span<const YoloTargets> targets) const override;
  BoxPredictions predictions(std::span<const Tensor> numbers, int64_t picture,
                             double threshold) const override;
  std::string describe() const override;

  const DecoupledHeadOptions& options() const { return options_; }

 private:
  DecoupledHeadOptions options_;
};

}  // namespace helder
