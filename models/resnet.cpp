#include "models/resnet.h"

#include "autograd/ops/mean.h"
#include "layers/fused_conv2d.h"
#include "layers/init.h"

namespace helder {
namespace {

// Without bias, which the batch norm that follows would undo.
Conv2dLayerOptions window(int64_t size, int64_t stride = 1) {
  return {.stride = stride, .padding = size / 2, .bias = false};
}

// Fills `downsample` where x has another shape than what the block computes.
void add_downsample(Module& block, Sequential& downsample, int64_t in_channels, int64_t channels,
                    int64_t stride) {
  if (stride != 1 || in_channels != channels) {
    downsample.push_back(make<Conv2d>(in_channels, channels, 1, window(1, stride)));
    downsample.push_back(make<BatchNorm2d>(channels));
    block.register_module("downsample", downsample);
  }
}

Tensor way_past(const Tensor& x, Sequential& downsample) { return downsample.empty() ? x : downsample(x); }

int64_t channels_of(const ResNetOptions& options, size_t stage) {
  return options.widths[stage] *
         (options.bottleneck ? ResNetBottleneck::kExpansion : ResNetBasicBlock::kExpansion);
}

}  // namespace

ResNetBasicBlock::ResNetBasicBlock(int64_t in_channels, int64_t width, int64_t stride)
    : conv1(in_channels, width, 3, window(3, stride)),
      bn1(width),
      conv2(width, width, 3, window(3)),
      bn2(width) {
  register_modules({{"conv1", conv1}, {"bn1", bn1}, {"conv2", conv2}, {"bn2", bn2}});
  add_downsample(*this, downsample, in_channels, width, stride);
}

Tensor ResNetBasicBlock::forward(const Tensor& x) {  // [N, in_channels, H, W]
  // [N, width, H / stride, W / stride]
  const Tensor y = conv_norm_act(conv1, bn1, x, Activation::ReLU);
  return conv_norm_act(conv2, bn2, y, Activation::ReLU, way_past(x, downsample));
}

ResNetBottleneck::ResNetBottleneck(int64_t in_channels, int64_t width, int64_t stride)
    : conv1(in_channels, width, 1, window(1)),
      bn1(width),
      conv2(width, width, 3, window(3, stride)),
      bn2(width),
      conv3(width, kExpansion * width, 1, window(1)),
      bn3(kExpansion * width) {
  register_modules(
      {{"conv1", conv1}, {"bn1", bn1}, {"conv2", conv2}, {"bn2", bn2}, {"conv3", conv3}, {"bn3", bn3}});
  add_downsample(*this, downsample, in_channels, kExpansion * width, stride);
}

Tensor ResNetBottleneck::forward(const Tensor& x) {           // [N, in_channels, H, W]
  Tensor y = conv_norm_act(conv1, bn1, x, Activation::ReLU);  // [N, width, H, W]
  y = conv_norm_act(conv2, bn2, y, Activation::ReLU);         // [N, width, H / stride, W / stride]
  return conv_norm_act(conv3, bn3, y, Activation::ReLU, way_past(x, downsample));  // [N, 4 width, the same]
}

ResNetOptions resnet_options(int64_t depth, int64_t classes) {
  switch (depth) {
    case 18:
      return {.layers = {2, 2, 2, 2}, .classes = classes};
    case 34:
      return {.layers = {3, 4, 6, 3}, .classes = classes};
    case 50:
      return {.bottleneck = true, .layers = {3, 4, 6, 3}, .classes = classes};
    case 101:
      return {.bottleneck = true, .layers = {3, 4, 23, 3}, .classes = classes};
    case 152:
      return {.bottleneck = true, .layers = {3, 8, 36, 3}, .classes = classes};
    default:
      fail("resnet_options: the depth must be 18, 34, 50, 101 or 152, got {}", depth);
  }
}

ResNet::ResNet(const ResNetOptions& options)
    : conv1(3, options.stem_width, 7, window(7, 2)),
      bn1(options.stem_width),
      fc(channels_of(options, 3), options.classes) {
  register_modules({{"conv1", conv1},
                    {"bn1", bn1},
                    {"maxpool", maxpool},
                    {"layer1", layer1},
                    {"layer2", layer2},
                    {"layer3", layer3},
                    {"layer4", layer4},
                    {"fc", fc}});
  const std::array stages = {&layer1, &layer2, &layer3, &layer4};
  int64_t channels = options.stem_width;
  for (size_t stage = 0; stage < stages.size(); ++stage) {
    for (int64_t i = 0; i < options.layers[stage]; ++i) {
      const int64_t width = options.widths[stage], stride = stage > 0 && i == 0 ? 2 : 1;
      if (options.bottleneck) {
        stages[stage]->push_back(make<ResNetBottleneck>(channels, width, stride));
      } else {
        stages[stage]->push_back(make<ResNetBasicBlock>(channels, width, stride));
      }
      channels = channels_of(options, stage);
    }
  }
  for (const auto& [path, module] : named_modules()) {
    if (auto* conv = dynamic_cast<Conv2d*>(module)) {
      init::kaiming_normal_(conv->weight, {.mode = init::FanMode::Out, .nonlinearity = "relu"});
    } else if (auto* block = dynamic_cast<ResNetBasicBlock*>(module); block && options.zero_init_residual) {
      init::zeros_(block->bn2.weight);
    } else if (auto* wide = dynamic_cast<ResNetBottleneck*>(module); wide && options.zero_init_residual) {
      init::zeros_(wide->bn3.weight);
    }
  }
}

std::vector<Tensor> ResNet::forward_features(const Tensor& x) {  // [N, 3, H, W]
  Tensor y = conv_norm_act(conv1, bn1, x, Activation::ReLU);     // [N, 64, H / 2, W / 2]
  y = maxpool(y);                                                // [N, 64, H / 4, W / 4]
  std::vector<Tensor> features;
  for (Sequential* stage : {&layer1, &layer2, &layer3, &layer4}) {
    y = (*stage)(y);
    features.push_back(y);
  }
  return features;
}

Tensor ResNet::forward(const Tensor& x) {
  return fc(mean(forward_features(x).back(), {2, 3}));  // [N, classes]
}

}  // namespace helder
