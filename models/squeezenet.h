#pragma once

#include "layers/conv2d.h"
#include "layers/sequential.h"

namespace helder {

/// A 1x1 convolution to few channels (squeeze), and from those a 1x1 and a 3x3 one side by side (expand):
/// [N, in_channels, H, W] -> [N, expand1x1 + expand3x3, H, W].
class Fire : public Module {
 public:
  Fire(int64_t in_channels, int64_t squeeze_channels, int64_t expand1x1_channels, int64_t expand3x3_channels);

  Conv2d squeeze, expand1x1, expand3x3;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "Fire"; }
};

enum class SqueezeNetVersion : uint8_t { V1_0, V1_1 };

struct SqueezeNetOptions {
  SqueezeNetVersion version = SqueezeNetVersion::V1_1;  ///< 1.1: as exact with 2.4 times fewer products
  int64_t classes = 1000;
  double dropout = 0.5;
};

/// AlexNet's accuracy with a fiftieth of its parameters (Iandola et al., "SqueezeNet", 2016; version 1.1 is
/// the authors' later one). No linear layer: a 1x1 convolution gives a score for each class at each place,
/// and their mean is the result. [N, 3, H, W] -> [N, classes] logits, none of them negative. Parameters have
/// torchvision's names; 1,248,424 of them in version 1.0, 1,235,496 in 1.1.
class SqueezeNet : public Module {
 public:
  explicit SqueezeNet(const SqueezeNetOptions& options = {});

  Sequential features, classifier;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "SqueezeNet"; }
};

}  // namespace helder
