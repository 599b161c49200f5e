#include "models/cifar_resnet.h"

#include "autograd/ops/cat.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/slice.h"
#include "layers/fused_conv2d.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {
namespace {

/// Bias would be undone by the batch norm that follows.
Conv2d conv3x3(int64_t in_channels, int64_t channels, int64_t stride) {
  return Conv2d(in_channels, channels, 3, {.stride = stride, .padding = 1, .bias = false});
}

}  // namespace

CifarBlock::CifarBlock(int64_t in_channels, int64_t channels, int64_t stride)
    : conv1(conv3x3(in_channels, channels, stride)),
      bn1(channels),
      conv2(conv3x3(channels, channels, 1)),
      bn2(channels),
      stride_(stride),
      new_channels_(channels - in_channels) {
  check(new_channels_ >= 0, "CifarBlock: the shortcut cannot lead from {} to fewer channels, {}", in_channels,
        channels);
  register_modules({{"conv1", conv1}, {"bn1", bn1}, {"conv2", conv2}, {"bn2", bn2}});
}

Tensor CifarBlock::forward(const Tensor& x) {  // [N, in_channels, H, W]
  // [N, channels, H / stride, W / stride]
  const Tensor y = conv_norm_act(conv1, bn1, x, Activation::ReLU);
  return conv_norm_act(conv2, bn2, y, Activation::ReLU, shortcut(x));
}

Tensor CifarBlock::shortcut(const Tensor& x) const {
  if (stride_ == 1 && new_channels_ == 0) {
    return x;
  }
  const Tensor y = x.slice(2, {}, {}, stride_).slice(3, {}, {}, stride_);
  const int64_t before = new_channels_ / 2;
  const auto nothing = [&](int64_t channels) {
    return zeros({y.size(0), channels, y.size(2), y.size(3)}, y.dtype(), y.device());
  };
  return cat({nothing(before), y, nothing(new_channels_ - before)}, 1);
}

CifarResNet::CifarResNet(const CifarResNetOptions& options)
    : conv1(conv3x3(options.in_channels, 16, 1)), linear(64, options.classes) {
  check(options.depth >= 8 && options.depth % 6 == 2,
        "CifarResNet: the depth must be 6 n + 2 (8, 14, 20, ...), got {}", options.depth);
  int64_t channels = 16;
  for (Sequential* stage : {&layer1, &layer2, &layer3}) {
    const int64_t wide = stage == &layer1 ? channels : 2 * channels;
    for (int64_t block = 0; block < (options.depth - 2) / 6; ++block) {
      stage->push_back(make<CifarBlock>(channels, wide, wide > channels ? 2 : 1));
      channels = wide;
    }
  }
  register_modules({{"conv1", conv1},
                    {"bn1", bn1},
                    {"layer1", layer1},
                    {"layer2", layer2},
                    {"layer3", layer3},
                    {"linear", linear}});
  for (auto& [name, weight] : named_parameters()) {
    if (weight.rank() == 4 || name == "linear.weight") {
      init::kaiming_normal_(weight);
    }
  }
}

Tensor CifarResNet::forward(const Tensor& x) {                // [N, in_channels, H, W]
  Tensor y = conv_norm_act(conv1, bn1, x, Activation::ReLU);  // [N, 16, H, W]
  y = layer1(y);                                              // [N, 16, H, W]
  y = layer2(y);                                              // [N, 32, H / 2, W / 2]
  y = layer3(y);                                              // [N, 64, H / 4, W / 4]
  return linear(mean(y, {2, 3}));                             // [N, classes]
}

}  // namespace helder
