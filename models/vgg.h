#pragma once

#include "layers/sequential.h"

namespace helder {

struct VggOptions {
  int64_t depth = 16;  ///< layers with weights: 11, 13, 16 or 19
  bool batch_norm = false;
  int64_t classes = 1000;
  double dropout = 0.5;
  int64_t hidden = 4096;  ///< units of the two linear layers before the last
};

/// Nothing but 3x3 convolutions, five times halved, and three linear layers (Simonyan and Zisserman, "Very
/// deep convolutional networks for large-scale image recognition", 2014, table 1): [N, 3, H, W] -> [N,
/// classes] logits, H and W at least 32. Parameters have torchvision's names; of the 138 million in VGG-16,
/// 103 million are in the first linear layer.
class Vgg : public Module {
 public:
  explicit Vgg(const VggOptions& options = {});

  Sequential features, classifier;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "VGG"; }
};

}  // namespace helder
