#pragma once

#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/linear.h"
#include "layers/sequential.h"

namespace helder {

/// Two 3x3 convolutions with a way past them, y = relu(x + bn2(conv2(relu(bn1(conv1(x)))))). Where the block
/// halves the image and widens it, x comes along as every second pixel, with zeros for the new channels: a
/// shortcut without parameters (He et al., 2015, section 3.3, option A).
class CifarBlock : public Module {
 public:
  CifarBlock(int64_t in_channels, int64_t channels, int64_t stride);

  Conv2d conv1;
  BatchNorm2d bn1;
  Conv2d conv2;
  BatchNorm2d bn2;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "CifarBlock"; }

 private:
  Tensor shortcut(const Tensor& x) const;

  int64_t stride_, new_channels_;
};

struct CifarResNetOptions {
  int64_t depth = 20;  ///< 6 n + 2: 8, 14, 20, 32, 44, 56, 110
  int64_t in_channels = 3;
  int64_t classes = 10;
};

/// The residual network for small images: one convolution, three stages of (depth - 2) / 6 blocks with 16, 32
/// and 64 channels, the mean over the image, one linear layer (He et al., "Deep residual learning for image
/// recognition", 2015, section 4.2). [N, in_channels, H, W] -> [N, classes] logits.
class CifarResNet : public Module {
 public:
  explicit CifarResNet(const CifarResNetOptions& options = {});

  Conv2d conv1;
  BatchNorm2d bn1{16};
  Sequential layer1, layer2, layer3;
  Linear linear;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "CifarResNet"; }
};

}  // namespace helder
