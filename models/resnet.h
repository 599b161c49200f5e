#pragma once

#include <array>
#include <vector>

#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/linear.h"
#include "layers/pooling.h"
#include "layers/sequential.h"

namespace helder {

/// relu(x + two 3x3 convolutions, each with batch norm): [N, in_channels, H, W] -> [N, width, H / stride,
/// W / stride]. Where the shape changes, `downsample` brings x to it: a 1x1 convolution and batch norm.
class ResNetBasicBlock : public Module {
 public:
  static constexpr int64_t kExpansion = 1;

  ResNetBasicBlock(int64_t in_channels, int64_t width, int64_t stride);

  Conv2d conv1;
  BatchNorm2d bn1;
  Conv2d conv2;
  BatchNorm2d bn2;
  Sequential downsample;  ///< registered unless it is empty

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "BasicBlock"; }
};

/// The same with three convolutions: 1x1 to `width` channels, 3x3, and 1x1 to 4 width channels. The 3x3 one
/// has the stride, as in torchvision and timm; the paper gave it to the first.
class ResNetBottleneck : public Module {
 public:
  static constexpr int64_t kExpansion = 4;

  ResNetBottleneck(int64_t in_channels, int64_t width, int64_t stride);

  Conv2d conv1;
  BatchNorm2d bn1;
  Conv2d conv2;
  BatchNorm2d bn2;
  Conv2d conv3;
  BatchNorm2d bn3;
  Sequential downsample;  ///< registered unless it is empty

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "Bottleneck"; }
};

struct ResNetOptions {
  bool bottleneck = false;                       ///< the kind of block
  std::array<int64_t, 4> layers = {2, 2, 2, 2};  ///< blocks in each stage
  int64_t classes = 1000;
  bool zero_init_residual = false;  ///< each block starts as the identity
  std::array<int64_t, 4> widths = {64, 128, 256, 512};
  int64_t stem_width = 64;  ///< channels of the first convolution
};

/// Blocks of the network of depth 18, 34, 50, 101 or 152. Throws for others.
ResNetOptions resnet_options(int64_t depth, int64_t classes = 1000);

/// The residual network for photographs (He et al., "Deep residual learning for image recognition", 2015,
/// table 1): [N, 3, H, W] -> [N, classes] logits. Parameters have torchvision's names.
class ResNet : public Module {
 public:
  explicit ResNet(const ResNetOptions& options = {});

  Conv2d conv1;
  BatchNorm2d bn1;
  MaxPool2d maxpool{3, {.stride = 2, .padding = 1}};
  Sequential layer1, layer2, layer3, layer4;
  Linear fc;

  /// What the four stages compute: a quarter, an eighth, a 16th and a 32nd of the image's size.
  std::vector<Tensor> forward_features(const Tensor& x);
  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "ResNet"; }
};

}  // namespace helder
