#pragma once

#include "models/yolo/head.h"

namespace helder {

struct GridHeadOptions {
  int64_t channels = 0;  ///< of the features
  int64_t stride = 16;   ///< pixels a cell
  int64_t classes = 1;
  int64_t boxes = 2;                      ///< that a cell says, B
  double coordinates = 5, nothing = 0.5;  ///< lambda_coord and lambda_noobj
};

/// The head of YOLOv1 (Redmon et al., "You only look once", CVPR 2016): each cell says one class and B boxes,
/// by their centre within the cell (0 to 1), the square roots of their width and height relative to the
/// picture, and how much they believe to overlap a thing. Numbers [N, 5 B + classes, H, W]: x, y, sqrt w,
/// sqrt h, confidence of each box, then the classes; all linear. The loss (equation 3) is of squared errors
/// alone. Of the boxes of the cell that is responsible for a thing, the one that overlaps it most now learns
/// it:
///
///   box          lambda_coord ((x - x')^2 + (y - y')^2 + (sqrt w - sqrt w')^2 + (sqrt h - sqrt h')^2)
///   objectness   (confidence - IoU)^2 of that box, lambda_noobj confidence^2 of all others
///   classes      sum over classes of (p - [it is this one])^2, of the cell
///
/// summed over all, divided by the number of pictures. A convolution stands where the paper has two layers of
/// matrix products, so that pictures may have any size. Modules: conv (3x3), output (1x1).
class GridHead : public YoloHead {
 public:
  explicit GridHead(const GridHeadOptions& options);

  YoloConv conv;
  Conv2d output;

  std::vector<Tensor> numbers(std::span<const Tensor> features) override;
  YoloLoss loss(std::span<const Tensor> numbers, std::span<const YoloTargets> targets) const override;
  BoxPredictions predictions(std::span<const Tensor> numbers, int64_t picture,
                             double threshold) const override;
  std::string describe() const override;

  const GridHeadOptions& options() const { return options_; }

 private:
  GridHeadOptions options_;
};

}  // namespace helder
