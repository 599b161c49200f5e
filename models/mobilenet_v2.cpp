#include "models/mobilenet_v2.h"

#include <algorithm>

#include "autograd/ops/add.h"
#include "autograd/ops/mean.h"
#include "layers/activations.h"
#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/dropout.h"
#include "layers/init.h"
#include "layers/linear.h"

namespace helder {
namespace {

// A convolution that keeps the size but for its stride, batch norm and ReLU6.
std::shared_ptr<Module> conv_norm_relu6(int64_t in_channels, int64_t channels, int64_t kernel,
                                        int64_t stride = 1, int64_t groups = 1) {
  const Conv2dLayerOptions options = {
      .stride = stride, .padding = kernel / 2, .groups = groups, .bias = false};
  auto block = make<Sequential>();
  block->push_back(make<Conv2d>(in_channels, channels, kernel, options));
  block->push_back(make<BatchNorm2d>(channels));
  block->push_back(make<ReLU6>());
  return block;
}

// The multiple of 8 that is nearest, but at least 8 and no less than nine tenths of it.
int64_t rounded(double channels) {
  const int64_t nearest = std::max<int64_t>(8, static_cast<int64_t>(channels + 4) / 8 * 8);
  return static_cast<double>(nearest) < 0.9 * channels ? nearest + 8 : nearest;
}

}  // namespace

InvertedResidual::InvertedResidual(int64_t in_channels, int64_t channels, int64_t stride,
                                   int64_t expand_ratio)
    : adds_x_(stride == 1 && in_channels == channels) {
  const int64_t wide = in_channels * expand_ratio;
  if (expand_ratio != 1) {
    conv.push_back(conv_norm_relu6(in_channels, wide, 1));
  }
  conv.push_back(conv_norm_relu6(wide, wide, 3, stride, wide));
  conv.push_back(make<Conv2d>(wide, channels, 1, Conv2dLayerOptions{.bias = false}));
  conv.push_back(make<BatchNorm2d>(channels));
  register_module("conv", conv);
}

Tensor InvertedResidual::forward(const Tensor& x) { return adds_x_ ? add(x, conv(x)) : conv(x); }

MobileNetV2::MobileNetV2(const MobileNetV2Options& options) {
  const double factor = options.width_mult;
  check(factor > 0, "MobileNetV2: width_mult must be positive, got {}", factor);
  int64_t channels = rounded(32 * factor);
  features.push_back(conv_norm_relu6(3, channels, 3, 2));
  for (const auto& stage : options.stages) {
    const int64_t out = rounded(static_cast<double>(stage.channels) * factor);
    for (int64_t i = 0; i < stage.blocks; ++i) {
      features.push_back(
          make<InvertedResidual>(channels, out, i == 0 ? stage.stride : 1, stage.expand_ratio));
      channels = out;
    }
  }
  const int64_t last = rounded(1280 * std::max(1.0, factor));
  features.push_back(conv_norm_relu6(channels, last, 1));
  classifier.push_back(make<Dropout>(options.dropout));
  classifier.push_back(make<Linear>(last, options.classes));
  register_modules({{"features", features}, {"classifier", classifier}});

  for (const auto& [path, module] : named_modules()) {
    if (auto* conv = dynamic_cast<Conv2d*>(module)) {
      init::kaiming_normal_(conv->weight, {.mode = init::FanMode::Out});
    } else if (auto* linear = dynamic_cast<Linear*>(module)) {
      init::normal_(linear->weight, 0, 0.01);
      init::zeros_(linear->bias);
    }
  }
}

Tensor MobileNetV2::forward(const Tensor& x) {   // [N, 3, H, W]
  return classifier(mean(features(x), {2, 3}));  // [N, 1280, H / 32, W / 32] -> [N, classes]
}

}  // namespace helder
