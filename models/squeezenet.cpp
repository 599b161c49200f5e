#include "models/squeezenet.h"

#include "autograd/ops/cat.h"
#include "autograd/ops/reshape.h"
#include "layers/activations.h"
#include "layers/dropout.h"
#include "layers/fused_conv2d.h"
#include "layers/init.h"
#include "layers/pooling.h"

namespace helder {
namespace {

std::shared_ptr<Module> halve() {
  return make<MaxPool2d>(3, MaxPool2dOptions{.stride = 2, .ceil_mode = true});
}

// expand1x1 and expand3x3 have equally many channels.
std::shared_ptr<Module> fire(int64_t in_channels, int64_t squeeze, int64_t expand) {
  return make<Fire>(in_channels, squeeze, expand, expand);
}

void add_features(Sequential& to, SqueezeNetVersion version) {
  const auto add = [&](const std::vector<std::shared_ptr<Module>>& modules) {
    for (const auto& module : modules) {
      to.push_back(module);
    }
  };
  const Conv2dLayerOptions by_two = {.stride = 2};
  if (version == SqueezeNetVersion::V1_0) {
    add({make<Conv2d>(3, 96, 7, by_two), make<ReLU>(), halve()});
    add({fire(96, 16, 64), fire(128, 16, 64), fire(128, 32, 128), halve()});
    add({fire(256, 32, 128), fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256), halve()});
    add({fire(512, 64, 256)});
  } else {
    add({make<Conv2d>(3, 64, 3, by_two), make<ReLU>(), halve()});
    add({fire(64, 16, 64), fire(128, 16, 64), halve()});
    add({fire(128, 32, 128), fire(256, 32, 128), halve()});
    add({fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256), fire(512, 64, 256)});
  }
}

}  // namespace

Fire::Fire(int64_t in_channels, int64_t squeeze_channels, int64_t expand1x1_channels,
           int64_t expand3x3_channels)
    : squeeze(in_channels, squeeze_channels, 1),
      expand1x1(squeeze_channels, expand1x1_channels, 1),
      expand3x3(squeeze_channels, expand3x3_channels, 3, {.padding = 1}) {
  register_modules({{"squeeze", squeeze}, {"expand1x1", expand1x1}, {"expand3x3", expand3x3}});
}

Tensor Fire::forward(const Tensor& x) {  // [N, in_channels, H, W]
  const Tensor few = conv_act(squeeze, x, Activation::ReLU);
  return cat({conv_act(expand1x1, few, Activation::ReLU), conv_act(expand3x3, few, Activation::ReLU)}, 1);
}

SqueezeNet::SqueezeNet(const SqueezeNetOptions& options) {
  add_features(features, options.version);
  const auto scores = make<Conv2d>(512, options.classes, 1);
  classifier.push_back(make<Dropout>(options.dropout));
  classifier.push_back(scores);
  classifier.push_back(make<ReLU>());
  classifier.push_back(make<AdaptiveAvgPool2d>(1));
  register_modules({{"features", features}, {"classifier", classifier}});
  for (auto& [name, parameter] : named_parameters()) {
    if (parameter.rank() == 1) {
      init::zeros_(parameter);
    } else {
      init::kaiming_uniform_(parameter);
    }
  }
  init::normal_(scores->weight, 0, 0.01);
}

Tensor SqueezeNet::forward(const Tensor& x) {  // [N, 3, H, W]
  return flatten(classifier(features(x)), 1);  // [N, 512, H', W'] -> [N, classes]
}

}  // namespace helder
