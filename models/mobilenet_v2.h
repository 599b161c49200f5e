#pragma once

#include <vector>

#include "layers/sequential.h"

namespace helder {

/// Wide in the middle, narrow at both ends: a 1x1 convolution to expand_ratio times as many channels, a 3x3
/// one on each of them alone (depthwise), and a 1x1 one back to few, without activation. x is added where
/// the shape is the same. [N, in_channels, H, W] -> [N, channels, H / stride, W / stride].
class InvertedResidual : public Module {
 public:
  InvertedResidual(int64_t in_channels, int64_t channels, int64_t stride, int64_t expand_ratio);

  Sequential conv;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "InvertedResidual"; }

 private:
  bool adds_x_;
};

struct MobileNetV2Options {
  /// Blocks of the same shape; the first of them has the stride.
  struct Stage {
    int64_t expand_ratio, channels, blocks, stride;
  };

  int64_t classes = 1000;
  double width_mult = 1;  ///< of all channels, then rounded to a multiple of 8
  double dropout = 0.2;
  std::vector<Stage> stages = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                               {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
};

/// A network for telephones (Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", 2018,
/// table 2): [N, 3, H, W] -> [N, classes] logits. Parameters have torchvision's names; 3,504,872 of them.
class MobileNetV2 : public Module {
 public:
  explicit MobileNetV2(const MobileNetV2Options& options = {});

  Sequential features, classifier;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "MobileNetV2"; }
};

}  // namespace helder
